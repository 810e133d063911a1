using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Quantizes one gated network: gate and up on its inputs, then down on what the quantized gate and up make of them. Safe for concurrent calls.</summary>
internal sealed class GatedQuantizer(ITensorReader reader, CalibratedMatrixQuantizer matrices, double driftStrength, INumericBackend backend)
{
    /// <summary>Quantizes an expert, the shared experts, or a dense network.</summary>
    /// <param name="plan">Its matrices.</param>
    /// <param name="current">The feed-forward inputs in the network quantized so far, [tokens, hidden].</param>
    /// <param name="reference">Those in the original network.</param>
    /// <param name="tokens">The tokens to take; empty for all.</param>
    /// <param name="weights">Their weights; empty for 1.</param>
    /// <param name="cancellationToken">Looked at between matrices.</param>
    /// <returns>Gate, up, down.</returns>
    public SegmentTensor[] Quantize(GatedMlpPlan plan, FloatMatrix current, FloatMatrix reference, int[] tokens, float[] weights, CancellationToken cancellationToken)
    {
        SegmentTensor gate, up;
        using (InputCovariance inputs = InputCovariance.From(current, tokens, weights, backend, reference, driftStrength))
        {
            gate = matrices.Quantize(plan.Gate, inputs, cancellationToken);
            up = matrices.Quantize(plan.Up, inputs, cancellationToken);
        }

        using FloatMatrix currentInner = QuantizedInner(gate, up, current, tokens, cancellationToken);
        using FloatMatrix? referenceInner = driftStrength > 0 ? OriginalInner(plan, reference, tokens, cancellationToken) : null;
        using InputCovariance inner = InputCovariance.From(currentInner, [], weights, backend, referenceInner, driftStrength);
        return [gate, up, matrices.Quantize(plan.Down, inner, cancellationToken)];
    }

    private static FloatMatrix QuantizedInner(SegmentTensor gate, SegmentTensor up, FloatMatrix inputs, int[] tokens, CancellationToken cancellationToken)
    {
        using WeightCopy gateCopy = WeightCopy.Of(gate), upCopy = WeightCopy.Of(up);
        return Inner(gateCopy.Weights, upCopy.Weights, inputs, tokens, cancellationToken);
    }

    private FloatMatrix OriginalInner(GatedMlpPlan plan, FloatMatrix inputs, int[] tokens, CancellationToken cancellationToken)
    {
        using LayerWeights original = new(reader);
        return Inner(original.GetLinear(plan.Gate), original.GetLinear(plan.Up), inputs, tokens, cancellationToken);
    }

    private static FloatMatrix Inner(LinearWeights gate, LinearWeights up, FloatMatrix inputs, int[] tokens, CancellationToken cancellationToken)
    {
        using GatedExecutor executor = new(gate, up);
        int count = tokens.Length == 0 ? inputs.Rows : tokens.Length;
        FloatMatrix inner = new(count, executor.Width);
        float[] x = new float[GatedExecutor.MaxTokens * inputs.Columns], y = new float[GatedExecutor.MaxTokens * executor.Width];
        for (int first = 0; first < count; first += GatedExecutor.MaxTokens)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int batch = Math.Min(GatedExecutor.MaxTokens, count - first);
            for (int i = 0; i < batch; i++)
                inputs.Row(tokens.Length == 0 ? first + i : tokens[first + i]).CopyTo(x.AsSpan(i * inputs.Columns));
            executor.Forward(x.AsSpan(0, batch * inputs.Columns), y);
            for (int i = 0; i < batch; i++)
                y.AsSpan(i * executor.Width, executor.Width).CopyTo(inner.Row(first + i));
        }

        return inner;
    }
}
