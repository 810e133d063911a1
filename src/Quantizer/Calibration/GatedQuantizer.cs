using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

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
        using (InputCovariance inputs = matrices.Prepare(plan.Gate, InputCovariance.From(current, tokens, weights, backend, reference, driftStrength)))
        {
            gate = matrices.Quantize(plan.Gate, inputs, cancellationToken);
            up = matrices.Quantize(plan.Up, inputs, cancellationToken);
        }

        using FloatMatrix currentInner = QuantizedInner(gate, up, current, tokens, cancellationToken);
        using FloatMatrix? referenceInner = driftStrength > 0 ? InnerActivations.Of(plan, reader, reference, tokens, cancellationToken) : null;
        using InputCovariance inner = matrices.Prepare(plan.Down, InputCovariance.From(currentInner, [], weights, backend, referenceInner, driftStrength));
        return [gate, up, matrices.Quantize(plan.Down, inner, cancellationToken)];
    }

    private static FloatMatrix QuantizedInner(SegmentTensor gate, SegmentTensor up, FloatMatrix inputs, int[] tokens, CancellationToken cancellationToken)
    {
        using WeightCopy gateCopy = WeightCopy.Of(gate), upCopy = WeightCopy.Of(up);
        return InnerActivations.Of(gateCopy.Weights, upCopy.Weights, inputs, tokens, cancellationToken);
    }
}
