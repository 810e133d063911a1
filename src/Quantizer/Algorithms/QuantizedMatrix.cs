using MoEQuant.Kernels;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>A matrix as it will be stored, and how far it is from the original.</summary>
/// <param name="Recipe">How it was made; the rank as used.</param>
/// <param name="Groups">Codes, scales and zero points of Q.</param>
/// <param name="InputFactor">V, packed; empty at rank 0.</param>
/// <param name="OutputFactor">U transposed, packed; empty at rank 0.</param>
internal sealed record QuantizedMatrix(MatrixRecipe Recipe, QuantizedGroups Groups, byte[] InputFactor, byte[] OutputFactor)
{
    /// <summary>‖W‖².</summary>
    public double SquaredNorm { get; init; }

    /// <summary>‖W − Q(W)‖² of group quantization without compensator.</summary>
    public double PlainError { get; init; }

    /// <summary>‖W − Ŵ − U·V‖² as stored.</summary>
    public double FinalError { get; init; }

    /// <summary>tr(W H Wᵀ), the mean squared norm of the outputs; 0 without a covariance.</summary>
    public double OutputNorm { get; init; }

    /// <summary>
    /// tr(D H Dᵀ) with D = W − Ŵ − U·V, the mean squared error of the outputs; 0 without a covariance. Where error feedback corrected W for inputs that have moved
    /// (<see cref="Covariance.InputCovariance.Drift"/>), W stands for the corrected weights here: what is asked of the stored matrix.
    /// </summary>
    public double OutputError { get; init; }

    /// <summary>Iterations of the compensated loop; 0 at rank 0.</summary>
    public int Iterations { get; init; }

    /// <summary>Writes what a reader of the file will see: Ŵ + U·V.</summary>
    /// <param name="target">[N, K]; overwritten.</param>
    /// <param name="backend">The arithmetic.</param>
    public void Dequantize(FloatMatrix target, INumericBackend backend)
    {
        Groups.Dequantize(target);
        if (Recipe.Rank == 0)
            return;
        float[] input = new float[checked(Recipe.Rank * Groups.Columns)], output = new float[checked(Recipe.Rank * Groups.Rows)];
        FactorPacker.Unpack(InputFactor, new FactorShape(Recipe.Rank, Groups.Columns, Recipe.CompensatorBits), input);
        FactorPacker.Unpack(OutputFactor, new FactorShape(Recipe.Rank, Groups.Rows, Recipe.CompensatorBits), output);
        using LowRankFactors factors = new(Groups.Rows, Groups.Columns, Recipe.Rank);
        for (int rank = 0; rank < Recipe.Rank; rank++)
            input.AsSpan(rank * Groups.Columns, Groups.Columns).CopyTo(factors.Input.Row(rank));
        for (int row = 0; row < Groups.Rows; row++)
            for (int rank = 0; rank < Recipe.Rank; rank++)
                factors.Output[row, rank] = output[rank * Groups.Rows + row];
        backend.AddProduct(factors.Output, factors.Input, target);
    }
}
