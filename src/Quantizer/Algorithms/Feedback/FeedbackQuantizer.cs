using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>Error-feedback rounding (GPTQ, arXiv 2210.17323; LDLQ, arXiv 2307.13304) of one block of columns, 16 rows at a time with one row per lane.</summary>
/// <remarks>N·K²/2 multiply-adds. Rows never influence each other, so any partition of the rows gives the same bits.</remarks>
internal static unsafe class FeedbackQuantizer
{
    private const int Lanes = 16;

    /// <summary>Rows in work at a time: they bound the memory, and share each panel of the factor.</summary>
    private const int ChunkRows = 1024;

    /// <summary>Quantizes the columns of the factor's block; see <see cref="INumericBackend.QuantizeWithFeedback"/>.</summary>
    public static void Quantize(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups? result, FloatMatrix? dequantized, GroupScheme scheme)
    {
        using FloatMatrix panel = new(factor.Weights.Length, (scheme.GroupSize + FeedbackProduct.Step - 1) / FeedbackProduct.Step * FeedbackProduct.Step);
        for (int first = 0; first < weights.Rows; first += ChunkRows)
        {
            int rows = Math.Min(ChunkRows, weights.Rows - first);
            using LaneRows values = new(rows, factor.Order.Columns.Length), errors = new(rows, factor.Order.Columns.Length);
            values.Load(weights, first, factor.FirstColumn, factor.Order.Columns);
            foreach (OrderedGroup group in factor.Order.Groups)
            {
                CopyPanel(factor, group, panel);
                for (int tile = 0; tile < values.TileCount; tile++)
                    QuantizeGroup(values, errors, tile, group, panel, factor, scheme, result, first + tile * Lanes, Math.Min(Lanes, rows - tile * Lanes));
            }

            if (dequantized is null)
                continue;
            values.Subtract(errors);
            values.Store(dequantized, first, factor.FirstColumn, factor.Order.Columns);
        }
    }

    /// <summary>The columns of R̂ that belong to a group, side by side: walking down a column of the whole matrix would touch a page per row.</summary>
    private static void CopyPanel(CovarianceFactor factor, OrderedGroup group, FloatMatrix panel)
    {
        for (int i = 0; i < group.Start + group.Length; i++)
            factor.Feedback.Row(i).Slice(group.Start, group.Length).CopyTo(panel.Row(i));
    }

    private static void QuantizeGroup(LaneRows values, LaneRows errors, int tile, OrderedGroup group, FloatMatrix panel, CovarianceFactor factor, GroupScheme scheme,
        QuantizedGroups? result, int firstRow, int rows)
    {
        int padded = (group.Length + FeedbackProduct.Step - 1) / FeedbackProduct.Step * FeedbackProduct.Step;
        float* memory = stackalloc float[(2 * padded + FeedbackProduct.Step) * Lanes + 16];
        float* targets = (float*)(((nint)memory + 63) & ~63), codes = targets + padded * Lanes, scratch = codes + padded * Lanes;
        float* weights = values.Tile(tile) + group.Start * Lanes, own = errors.Tile(tile) + group.Start * Lanes;
        new Span<float>(targets, padded * Lanes).Clear();
        new Span<float>(weights, group.Length * Lanes).CopyTo(new Span<float>(targets, padded * Lanes));
        FeedbackProduct.Add(errors.Tile(tile), group.Start, panel.Data, panel.Stride, padded, targets);
        fixed (float* importance = &factor.Weights[group.Start])
        {
            GroupProblem problem = new(scheme, group.Length, weights, targets, panel.RowPointer(group.Start), panel.Stride, importance, scratch);
            (Vector512<float> scale, Vector512<float> zeroPoint) = ParameterSearch.Find(problem, own);
            problem.Quantize(scale, zeroPoint, own, codes);
            if (result is not null)
                Store(result, group, factor, codes, scale, zeroPoint, firstRow, rows);
        }
    }

    private static void Store(QuantizedGroups result, OrderedGroup group, CovarianceFactor factor, float* codes, Vector512<float> scale, Vector512<float> zeroPoint, int firstRow, int rows)
    {
        int groups = result.Scheme.GroupCount(result.Columns);
        for (int lane = 0; lane < rows; lane++)
        {
            result.Scales[(firstRow + lane) * groups + group.Index] = (Half)scale[lane];
            result.ZeroPoints[(firstRow + lane) * groups + group.Index] = (Half)zeroPoint[lane];
            Span<byte> row = result.Codes.AsSpan((firstRow + lane) * result.Columns + factor.FirstColumn);
            for (int k = 0; k < group.Length; k++)
                row[factor.Order.Columns[group.Start + k]] = (byte)codes[k * Lanes + lane];
        }
    }
}
