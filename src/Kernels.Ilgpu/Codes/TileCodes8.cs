using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>8-bit codes: eight vectors, 4 columns each.</summary>
internal struct TileCodes8 : ITileCodes
{
    /// <inheritdoc/>
    public readonly int Bits => 8;

    /// <inheritdoc/>
    public readonly float Offset => 256;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly CodeWords Load(ArrayView<uint> words, long index) =>
        new()
        {
            A = words[index],
            B = words[index + 16],
            C = words[index + 32],
            D = words[index + 48],
            E = words[index + 64],
            F = words[index + 80],
            G = words[index + 96],
            H = words[index + 112],
        };

    /// <inheritdoc/>
    /// <remarks>Column 4c + j has its code at 8j, to be moved to 15.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TTile AddProducts<TTile>(TTile sum, ArrayView<Float4> inputs, int quad, CodeWords words, float offset)
        where TTile : struct, ITokenTile<TTile>
    {
        sum = sum.AddProducts(inputs, quad, Four(words.A << 15, words.A << 7, words.A >> 1, words.A >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 1, Four(words.B << 15, words.B << 7, words.B >> 1, words.B >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 2, Four(words.C << 15, words.C << 7, words.C >> 1, words.C >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 3, Four(words.D << 15, words.D << 7, words.D >> 1, words.D >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 4, Four(words.E << 15, words.E << 7, words.E >> 1, words.E >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 5, Four(words.F << 15, words.F << 7, words.F >> 1, words.F >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 6, Four(words.G << 15, words.G << 7, words.G >> 1, words.G >> 9, offset));
        sum = sum.AddProducts(inputs, quad + 7, Four(words.H << 15, words.H << 7, words.H >> 1, words.H >> 9, offset));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 Four(uint word0, uint word1, uint word2, uint word3, float offset) =>
        new(Code(word0) - offset, Code(word1) - offset, Code(word2) - offset, Code(word3) - offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code(uint word) => Interop.IntAsFloat((word & 0x007F8000u) | 0x43800000u);
}
