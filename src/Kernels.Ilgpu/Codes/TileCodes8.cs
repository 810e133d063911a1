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
    public readonly CodeWords Load(ArrayView<uint> words, long index) => new()
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 Four(CodeWords words, int field, float offset)
    {
        uint word = field < 4
            ? (field < 2 ? (field < 1 ? words.A : words.B) : (field < 3 ? words.C : words.D))
            : (field < 6 ? (field < 5 ? words.E : words.F) : (field < 7 ? words.G : words.H));
        return new Float4(Code(word, 0) - offset, Code(word, 8) - offset, Code(word, 16) - offset, Code(word, 24) - offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code(uint word, int bit) => Interop.IntAsFloat((CodeBits.Move(word, bit, 15) & 0x007F8000u) | 0x43800000u);
}
