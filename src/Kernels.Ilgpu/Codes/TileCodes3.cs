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
    public readonly CodeWords Load(ArrayView<uint> words, long index) => new()
    {
        A = words[index],
        B = words[index + 16],
        C = words[index + 32],
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 Four(CodeWords words, int field, float offset)
    {
        uint low = field < 4 ? words.A : words.B;
        int lowBit = (field & 3) << 1;
        return new Float4(
            Code(low, lowBit, words.C, field) - offset,
            Code(low, lowBit + 8, words.C, field + 8) - offset,
            Code(low, lowBit + 16, words.C, field + 16) - offset,
            Code(low, lowBit + 24, words.C, field + 24) - offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Code(uint low, int lowBit, uint high, int highBit) =>
        Interop.IntAsFloat((CodeBits.Move(low, lowBit, 20) & 0x00300000u) | (CodeBits.Move(high, highBit, 22) & 0x00400000u) | 0x41000000u);
}
