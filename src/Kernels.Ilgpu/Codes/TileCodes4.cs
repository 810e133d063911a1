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
    public readonly CodeWords Load(ArrayView<uint> words, long index) => new()
    {
        A = words[index],
        B = words[index + 16],
        C = words[index + 32],
        D = words[index + 48],
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 Four(CodeWords words, int field, float offset)
    {
        uint word = field < 4 ? (field < 2 ? words.A : words.B) : (field < 6 ? words.C : words.D);
        int bit = (field & 1) << 2;
        return new Float4(Code(word, bit) - offset, Code(word, bit + 8) - offset, Code(word, bit + 16) - offset, Code(word, bit + 24) - offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code(uint word, int bit) => Interop.IntAsFloat((CodeBits.Move(word, bit, 19) & 0x00780000u) | 0x41800000u);
}
