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

    /// <summary>Adds the products of the 32 codes, each minus the offset, with their inputs.</summary>
    /// <param name="sum">The sums so far.</param>
    /// <param name="inputs">The inputs of a segment.</param>
    /// <param name="quad">The first code's column in the segment, divided by 4.</param>
    /// <param name="words">The words of one row.</param>
    /// <param name="offset"><see cref="Offset"/> plus the zero point.</param>
    TTile AddProducts<TTile>(TTile sum, ArrayView<Float4> inputs, int quad, CodeWords words, float offset)
        where TTile : struct, ITokenTile<TTile>;
}
