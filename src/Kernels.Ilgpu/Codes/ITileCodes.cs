using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>How a thread reads the codes of one row and 32 neighbouring columns: the Tile16 layout as a kernel on a device sees it.</summary>
/// <remarks>
/// A code is or-ed into the top mantissa bits of a float whose exponent makes the unit of those bits 1: 2^bits + code, exactly. One subtraction of 2^bits + zero point then gives what the scale
/// multiplies. That takes shifts and logic only; conversions of integers run at a quarter of their speed on most GPUs.
/// </remarks>
internal interface ITileCodes
{
    /// <summary>Bits of a code. 16 rows and 32 columns take 16 times as many words.</summary>
    int Bits { get; }

    /// <summary>2^bits: what the float in which a code is delivered has too much.</summary>
    float Offset { get; }

    /// <summary>Reads the words of one row.</summary>
    /// <param name="words">The weights.</param>
    /// <param name="index">The row's word in the first vector.</param>
    CodeWords Load(ArrayView<uint> words, long index);

    /// <summary>The codes of columns 4 · field … 4 · field + 3, each minus the offset.</summary>
    /// <param name="words">The words of one row.</param>
    /// <param name="field">0 … 7; a constant, so that shifts are.</param>
    /// <param name="offset"><see cref="Offset"/> plus the zero point.</param>
    Float4 Four(CodeWords words, int field, float offset);
}
