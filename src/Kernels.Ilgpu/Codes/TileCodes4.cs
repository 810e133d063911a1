using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>4-bit codes: four vectors, 8 columns each.</summary>
internal struct TileCodes4 : ITileCodes
{
    /// <inheritdoc/>
    public readonly int Bits => 4;

    /// <inheritdoc/>
    public readonly float Offset => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly CodeWords Load(ArrayView<uint> words, long index) =>
        new()
        {
            A = words[index],
            B = words[index + 16],
            C = words[index + 32],
            D = words[index + 48],
        };

    /// <inheritdoc/>
    /// <remarks>Column 4c + j has its code at 8j + 4 (c mod 2), to be moved to 19.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TTile AddProducts<TTile>(TTile sum, ArrayView<Float4> inputs, int quad, CodeWords words, float offset)
        where TTile : struct, ITokenTile<TTile>
    {
        sum = sum.AddProducts(inputs, quad, Four(words.A << 19, words.A << 11, words.A << 3, words.A >> 5, offset));
        sum = sum.AddProducts(inputs, quad + 1, Four(words.A << 15, words.A << 7, words.A >> 1, words.A >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 2, Four(words.B << 19, words.B << 11, words.B << 3, words.B >> 5, offset));
        sum = sum.AddProducts(inputs, quad + 3, Four(words.B << 15, words.B << 7, words.B >> 1, words.B >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 4, Four(words.C << 19, words.C << 11, words.C << 3, words.C >> 5, offset));
        sum = sum.AddProducts(inputs, quad + 5, Four(words.C << 15, words.C << 7, words.C >> 1, words.C >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 6, Four(words.D << 19, words.D << 11, words.D << 3, words.D >> 5, offset));
        sum = sum.AddProducts(inputs, quad + 7, Four(words.D << 15, words.D << 7, words.D >> 1, words.D >> 9, offset));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Four(uint word0, uint word1, uint word2, uint word3, float offset) =>
        new(Code(word0) - offset, Code(word1) - offset, Code(word2) - offset, Code(word3) - offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code(uint word) => Interop.IntAsFloat((word & 0x00780000u) | 0x41800000u);
}
