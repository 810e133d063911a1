using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>
/// How a warp multiplies 16 rows and 64 columns of codes with 8 tokens by four tensor core instructions (mma.sync m16n8k16). In PTX only. The registers are those that <see cref="TensorRegisters"/> declares.
/// </summary>
/// <remarks>
/// Which of the 64 columns stands at which place of a fragment is free, as long as weights and inputs agree. Lane 4g + t takes the columns 16t … 16t + 15 of the rows g and g + 8 and of token g, four
/// columns per instruction; so it finds its codes in a few words of its own, and a pair of columns that are 16 bits apart in a word becomes a pair of halves by one mask.
/// </remarks>
internal interface ITensorCodes
{
    /// <summary>Bits of a code.</summary>
    int Bits { get; }

    /// <summary>What is subtracted from a code, so that it is a small number in half precision: 2^(bits − 1).</summary>
    float Centre { get; }

    /// <summary>Declares the registers.</summary>
    void Begin();

    /// <summary>Sums up the products of 64 columns.</summary>
    /// <param name="words">The weights.</param>
    /// <param name="columns">The word at which the 64 columns' codes begin.</param>
    /// <param name="row">g.</param>
    /// <param name="part">t.</param>
    /// <param name="low">The inputs of token g: 8 columns from 16t on.</param>
    /// <param name="high">The 8 columns behind them.</param>
    void Multiply(ArrayView<uint> words, long columns, int row, int part, Word4 low, Word4 high);
}
