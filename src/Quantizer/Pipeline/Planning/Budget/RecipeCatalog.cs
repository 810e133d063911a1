using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>The recipes that a budget may be spent on.</summary>
internal static class RecipeCatalog
{
    private static readonly int[] GroupSizes = [64, 128];
    private static readonly int[] FreeGroupSizes = [32, 64, 128];
    private static readonly int[] Ranks = [8, 16, 32];
    private static readonly int[] FreeRanks = [4, 8, 16, 32, 64, 128];

    /// <summary>
    /// The candidates of a matrix: 3 or 4 bits in groups of 64 or 128, with zero points and without; compensators in groups of 64; 8 bits for matrices that deserve it. Without error feedback, which
    /// makes trying them dear, also groups of 32, more ranks, and compensators in groups of 128.
    /// </summary>
    public static IEnumerable<MatrixRecipe> For(PlannedTensor tensor, QuantizationOptions options, RoundingMethod rounding)
    {
        bool feedback = rounding == RoundingMethod.ErrorFeedback;
        int side = Math.Min(tensor.Rows, tensor.Columns);
        foreach (int bits in (int[])[3, 4])
            foreach (int groupSize in feedback ? GroupSizes : FreeGroupSizes)
            {
                if (!options.Symmetric)
                    yield return new(new(bits, groupSize), rounding);
                yield return new(new(bits, groupSize, Symmetric: true), rounding);
                if (feedback ? groupSize == 64 : groupSize > 32)
                    foreach (int rank in (feedback ? Ranks : FreeRanks).Where(rank => rank <= side / 4))
                        yield return new(new(bits, groupSize, options.Symmetric), rounding, rank, options.CompensatorBits);
            }

        yield return new(new(8, 128, options.Symmetric), rounding);
    }

    /// <summary>Bytes that a matrix takes in the file: codes, scales, zero points and compensator, each section filled up as the format asks.</summary>
    public static long Bytes(PlannedTensor tensor, MatrixRecipe recipe)
    {
        long bytes = PackedFormat.Align(new PackedShape(tensor.Rows, tensor.Columns, recipe.Groups.Bits, recipe.Groups.GroupSize, recipe.Groups.Symmetric).TotalBytes);
        return recipe.Rank == 0 ? bytes : bytes
            + PackedFormat.Align(new FactorShape(recipe.Rank, tensor.Columns, recipe.CompensatorBits).TotalBytes)
            + PackedFormat.Align(new FactorShape(recipe.Rank, tensor.Rows, recipe.CompensatorBits).TotalBytes);
    }
}
