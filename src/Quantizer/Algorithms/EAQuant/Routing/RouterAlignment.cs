using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>
/// Quantizes a router so that it keeps choosing the same experts (EAQuant, arXiv 2506.13329, section 3.3): per expert's row the clip ratio that minimises the mean squared error of its logits plus
/// the divergence of the softmax over the top k. Rows are searched one after the other, each against the rows as they are by then.
/// </summary>
internal static unsafe class RouterAlignment
{
    /// <summary>Quantizes.</summary>
    /// <param name="router">W, [experts, hidden].</param>
    /// <param name="inputs">Calibration tokens as the router will see them, [tokens, hidden]; without tokens nothing is clipped.</param>
    /// <param name="options">How.</param>
    public static AlignedRouter Align(FloatMatrix router, FloatMatrix inputs, RouterAlignmentOptions options)
    {
        QuantizedGroups groups = new(router.Rows, router.Columns, options.Groups);
        FloatMatrix dequantized = new(router.Rows, router.Columns);
        float[] ratios = new float[router.Rows];
        for (int row = 0; row < router.Rows; row++)
            QuantizeRow(router, row, ratios[row] = 1, groups, dequantized);
        using FloatMatrix searched = Pick(inputs, options.LargestTokenCount), reference = RouterLogits.Of(router, searched), current = RouterLogits.Of(dequantized, searched);
        int outcomes = options.TopK + (int)Math.Ceiling(options.RestShare * (router.Rows - options.TopK));
        RoutingDivergence divergence = new(reference, current, outcomes);
        float[] logits = new float[searched.Rows];
        for (int row = 0; row < router.Rows && searched.Rows > 0; row++)
        {
            divergence.Vary(row);
            double best = double.PositiveInfinity;
            // From no clipping downwards: among equals the gentler ratio stays.
            for (int step = options.Steps - 1; step >= 0; step--)
            {
                float ratio = options.SmallestRatio + ((1 - options.SmallestRatio) * step / Math.Max(options.Steps - 1, 1));
                QuantizeRow(router, row, ratio, groups, dequantized);
                double loss = SquaredError(dequantized, row, searched, reference, logits) + divergence.With(row, logits);
                if (loss < best)
                    (best, ratios[row]) = (loss, ratio);
            }

            QuantizeRow(router, row, ratios[row], groups, dequantized);
            SquaredError(dequantized, row, searched, reference, logits);
            for (int token = 0; token < logits.Length; token++)
                current[token, row] = logits[token];
        }

        return new AlignedRouter(groups, dequantized, ratios, Agreement(router, dequantized, inputs, options.TopK));
    }

    private static double Agreement(FloatMatrix router, FloatMatrix dequantized, FloatMatrix inputs, int topK)
    {
        using FloatMatrix before = RouterLogits.Of(router, inputs), after = RouterLogits.Of(dequantized, inputs);
        return RouterAgreement.TopK(before, after, topK);
    }

    /// <summary>Computes a row's logits and their mean squared distance from the reference.</summary>
    private static double SquaredError(FloatMatrix router, int row, FloatMatrix inputs, FloatMatrix reference, Span<float> logits)
    {
        double sum = 0;
        for (int token = 0; token < inputs.Rows; token++)
        {
            double logit = DoubleSums.Dot(inputs.RowPointer(token), router.RowPointer(row), inputs.Stride);
            logits[token] = (float)logit;
            sum += (logit - reference[token, row]) * (logit - reference[token, row]);
        }

        return sum / inputs.Rows;
    }

    private static void QuantizeRow(FloatMatrix router, int row, float ratio, QuantizedGroups groups, FloatMatrix dequantized)
    {
        GroupScheme scheme = groups.Scheme;
        int count = scheme.GroupCount(router.Columns);
        for (int group = 0; group < count; group++)
        {
            int first = group * scheme.GroupSize, length = Math.Min(scheme.GroupSize, router.Columns - first);
            (groups.Scales[(row * count) + group], groups.ZeroPoints[(row * count) + group]) = ClippedGroup.Quantize(
                router.Row(row).Slice(first, length), scheme, ratio, groups.Codes.AsSpan((row * router.Columns) + first, length), dequantized.Row(row).Slice(first, length));
        }
    }

    private static FloatMatrix Pick(FloatMatrix inputs, int largest)
    {
        int count = Math.Min(inputs.Rows, largest);
        FloatMatrix picked = new(count, inputs.Columns);
        for (int row = 0; row < count; row++)
            inputs.Row((int)((long)row * inputs.Rows / count)).CopyTo(picked.Row(row));
        return picked;
    }
}
