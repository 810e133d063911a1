using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>silu(gate(x)) · up(x) of some tokens: what a down projection sees.</summary>
internal static class InnerActivations
{
    /// <summary>Through the original gate and up.</summary>
    public static FloatMatrix Of(GatedMlpPlan plan, ITensorReader reader, FloatMatrix inputs, int[] tokens, CancellationToken cancellationToken)
    {
        using LayerWeights original = new(reader);
        return Of(original.GetLinear(plan.Gate), original.GetLinear(plan.Up), inputs, tokens, cancellationToken);
    }

    /// <summary>Computes the inner activations on the calling thread.</summary>
    /// <param name="gate">The gate projection.</param>
    /// <param name="up">The up projection.</param>
    /// <param name="inputs">x, [tokens of the layer, hidden].</param>
    /// <param name="tokens">Rows of x to take; empty for all.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>[taken tokens, width]; the caller disposes it.</returns>
    public static FloatMatrix Of(LinearWeights gate, LinearWeights up, FloatMatrix inputs, int[] tokens, CancellationToken cancellationToken)
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
