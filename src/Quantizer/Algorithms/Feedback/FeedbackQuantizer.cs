using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>
/// Quantizes the columns of one block under the inputs' covariance: error-feedback rounding (GPTQ, arXiv 2210.17323) with parameters found by trial, then passes of coordinate descent over codes
/// (QuantEase, arXiv 2309.01885) with scales and zero points refitted.
/// </summary>
/// <remarks>(½ + passes)·N·K² multiply-adds, 16 rows at a time with one row per lane. Rows never influence each other, so any partition of the rows gives the same bits.</remarks>
internal static class FeedbackQuantizer
{
    /// <summary>Passes of coordinate descent over all groups.</summary>
    private const int DescentPasses = 4;

    /// <summary>Rows in work at a time: they bound the memory, and share each panel of the factor.</summary>
    private const int ChunkRows = 1024;

    /// <summary>Quantizes the columns of the factor's block; see <see cref="INumericBackend.QuantizeWithFeedback"/>.</summary>
    public static void Quantize(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups? result, FloatMatrix? dequantized, GroupScheme scheme)
    {
        using FloatMatrix panel = new(factor.Weights.Length, scheme.GroupSize);
        for (int first = 0; first < weights.Rows; first += ChunkRows)
        {
            using RowChunk chunk = new(weights, first, Math.Min(ChunkRows, weights.Rows - first), factor, scheme);
            for (int group = 0; group < factor.Order.Groups.Count; group++)
            {
                FeedbackPanel(factor, factor.Order.Groups[group], panel);
                chunk.Round(group, panel);
            }

            Descend(chunk, factor, panel);
            chunk.Store(result, dequantized);
        }
    }

    /// <summary>Improves codes and parameters that are there already, for weights that they need not have been made from; see <see cref="INumericBackend.ImproveWithFeedback"/>.</summary>
    public static void Improve(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups groups, FloatMatrix? dequantized)
    {
        using FloatMatrix panel = new(factor.Weights.Length, groups.Scheme.GroupSize);
        for (int first = 0; first < weights.Rows; first += ChunkRows)
        {
            using RowChunk chunk = new(weights, first, Math.Min(ChunkRows, weights.Rows - first), factor, groups.Scheme);
            chunk.Load(groups);
            Descend(chunk, factor, panel);
            chunk.Store(groups, dequantized);
        }
    }

    private static void Descend(RowChunk chunk, CovarianceFactor factor, FloatMatrix panel)
    {
        for (int pass = 0; pass < DescentPasses; pass++)
            for (int group = 0; group < factor.Order.Groups.Count; group++)
            {
                CovariancePanel(factor, factor.Order.Groups[group], panel);
                chunk.Descend(group, panel);
            }
    }

    /// <summary>The columns of R̂ that belong to a group, side by side: walking down a column of the whole matrix would touch a page per row.</summary>
    private static void FeedbackPanel(CovarianceFactor factor, OrderedGroup group, FloatMatrix panel)
    {
        for (int i = 0; i < group.Start + group.Length; i++)
            factor.Feedback.Row(i).Slice(group.Start, group.Length).CopyTo(panel.Row(i));
    }

    /// <summary>The columns of H' that belong to a group.</summary>
    private static void CovariancePanel(CovarianceFactor factor, OrderedGroup group, FloatMatrix panel)
    {
        for (int i = 0; i < panel.Rows; i++)
        {
            Span<float> row = panel.Row(i);
            for (int k = 0; k < group.Length; k++)
                row[k] = (float)factor.Element(i, group.Start + k);
        }
    }
}
