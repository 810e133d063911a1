using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Reads a low-rank factor on a device: docs/format.md section 6.</summary>
internal static class FactorWords
{
    /// <summary>Base-2 logarithm of the values that share a scale.</summary>
    public const int GroupShift = 6;

    /// <summary>Groups of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int GroupCount(int length) => (length + 63) >> GroupShift;

    /// <summary>32-bit words of the codes of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int GroupWords(int bits) => bits << 1;

    /// <summary>The scale of one group of a row.</summary>
    /// <param name="words">The memory.</param>
    /// <param name="factor">The factor's first word.</param>
    /// <param name="bits">3 or 8.</param>
    /// <param name="rank">Rows.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="row">The row.</param>
    /// <param name="group">The group.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Scale(ArrayView<uint> words, long factor, int bits, int rank, int groups, int row, int group) =>
        CodeBits.Half(words, factor + ((long)rank * groups * GroupWords(bits)), (row * groups) + group);

    /// <summary>One value.</summary>
    /// <param name="words">The memory.</param>
    /// <param name="factor">The factor's first word.</param>
    /// <param name="bits">3 or 8.</param>
    /// <param name="rank">Rows.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="row">The row.</param>
    /// <param name="index">The value's place in the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Value(ArrayView<uint> words, long factor, int bits, int rank, int groups, int row, int index)
    {
        int group = index >> GroupShift;
        long start = factor + ((((long)row * groups) + group) * GroupWords(bits));
        float code = bits == 8 ? Code8(words, start, index & 63) : Code3(words, start, index & 63);
        return code * Scale(words, factor, bits, rank, groups, row, group);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code8(ArrayView<uint> words, long start, int index) => SignedByte(words[start + (index >> 2)], index);

    /// <summary>Byte <paramref name="index"/> mod 4 of a word as a signed number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SignedByte(uint word, int index) => (int)(word << (24 - CodeBits.ByteShift(index))) >> 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code3(ArrayView<uint> words, long start, int index)
    {
        int lowByte = index & 15, highByte = index & 7;
        uint low = words[start + (lowByte >> 2)] >> (CodeBits.ByteShift(lowByte) + ((index >> 4) << 1));
        uint high = words[start + 4 + (highByte >> 2)] >> (CodeBits.ByteShift(highByte) + (index >> 3));
        return Centred3(low, high);
    }

    /// <summary>The value of a 3-bit code: bits 0 and 1 of one word, bit 0 of another. The middle of the eight levels is 3.5.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Centred3(uint low, uint high) => (int)((low & 3) | ((high & 1) << 2)) - 3.5f;
}
