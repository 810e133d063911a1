using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>3-bit codes: two vectors of low bits, 16 columns each, and one of high bits.</summary>
internal struct TileCodes3 : ITileCodes
{
    /// <inheritdoc/>
    public readonly int Bits => 3;

    /// <inheritdoc/>
    public readonly float Offset => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly CodeWords Load(ArrayView<uint> words, long index) =>
        new()
        {
            A = words[index],
            B = words[index + 16],
            C = words[index + 32],
        };

    /// <inheritdoc/>
    /// <remarks>Column 4c + j has its low bits at 8j + 2 (c mod 4), to be moved to 20, and its high bit at 8j + c, to be moved to 22. Constant shifts written out: neither choices nor loops are left to the compiler.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TTile AddProducts<TTile>(TTile sum, ArrayView<Float4> inputs, int quad, CodeWords words, float offset)
        where TTile : struct, ITokenTile<TTile>
    {
        sum = sum.AddProducts(inputs, quad, Four(words.A << 20, words.A << 12, words.A << 4, words.A >> 4, words.C << 22, words.C << 14, words.C << 6, words.C >> 2, offset));
        sum = sum.AddProducts(inputs, quad + 1, Four(words.A << 18, words.A << 10, words.A << 2, words.A >> 6, words.C << 21, words.C << 13, words.C << 5, words.C >> 3, offset));
        sum = sum.AddProducts(inputs, quad + 2, Four(words.A << 16, words.A << 8, words.A, words.A >> 8, words.C << 20, words.C << 12, words.C << 4, words.C >> 4, offset));
        sum = sum.AddProducts(inputs, quad + 3, Four(words.A << 14, words.A << 6, words.A >> 2, words.A >> 10, words.C << 19, words.C << 11, words.C << 3, words.C >> 5, offset));
        sum = sum.AddProducts(inputs, quad + 4, Four(words.B << 20, words.B << 12, words.B << 4, words.B >> 4, words.C << 18, words.C << 10, words.C << 2, words.C >> 6, offset));
        sum = sum.AddProducts(inputs, quad + 5, Four(words.B << 18, words.B << 10, words.B << 2, words.B >> 6, words.C << 17, words.C << 9, words.C << 1, words.C >> 7, offset));
        sum = sum.AddProducts(inputs, quad + 6, Four(words.B << 16, words.B << 8, words.B, words.B >> 8, words.C << 16, words.C << 8, words.C, words.C >> 8, offset));
        sum = sum.AddProducts(inputs, quad + 7, Four(words.B << 14, words.B << 6, words.B >> 2, words.B >> 10, words.C << 15, words.C << 7, words.C >> 1, words.C >> 9, offset));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Four(uint low0, uint low1, uint low2, uint low3, uint high0, uint high1, uint high2, uint high3, float offset) =>
        new(Code(low0, high0) - offset, Code(low1, high1) - offset, Code(low2, high2) - offset, Code(low3, high3) - offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code(uint low, uint high) => Interop.IntAsFloat((low & 0x00300000u) | (high & 0x00400000u) | 0x41000000u);
}
