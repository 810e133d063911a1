using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// Computes silu(gate(x)) · up(x), what a gated network's down projection sees, on the calling thread and with the kernels of inference. For engines that work on
/// many experts at once; each has its own instance.
/// </summary>
public sealed unsafe class GatedExecutor : IDisposable
{
    /// <summary>The most tokens of one call: enough that the dequantization of weights is shared, few enough that the results stay in the cache.</summary>
    public const int MaxTokens = 64;

    private readonly LinearWeights _gate;
    private readonly LinearWeights _up;
    private readonly WorkerPool _pool = new(1);
    private readonly LinearBatch _linears;
    private readonly ActivationBuffer _inputs;
    private readonly NativeArray<float> _gateOutputs;
    private readonly NativeArray<float> _upOutputs;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="gate">The gate projection, [width, inputs]; must outlive this object.</param>
    /// <param name="up">The up projection, of the same shape; must outlive this object.</param>
    public GatedExecutor(LinearWeights gate, LinearWeights up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        _gate = gate;
        _up = up;
        _inputs = new ActivationBuffer(MaxTokens, gate.InFeatures);
        _gateOutputs = new NativeArray<float>((long)MaxTokens * Width);
        _upOutputs = new NativeArray<float>((long)MaxTokens * Width);
        _linears = new LinearBatch(_pool, KernelCatalog.Best, 2, (long)MaxTokens * (gate.Rank + up.Rank));
    }

    /// <summary>The inner width.</summary>
    public int Width => _gate.OutFeatures;

    /// <summary>Computes a batch.</summary>
    /// <param name="inputs">[tokens, inputs], at most <see cref="MaxTokens"/> tokens.</param>
    /// <param name="inner">Receives [tokens, <see cref="Width"/>].</param>
    public void Forward(ReadOnlySpan<float> inputs, Span<float> inner)
    {
        int columns = _gate.InFeatures, tokens = inputs.Length / columns;
        _inputs.Reset(tokens, columns);
        for (int token = 0; token < tokens; token++)
            inputs.Slice(token * columns, columns).CopyTo(_inputs.Row(token));
        ActivationBlock x = _inputs.Complete();
        _linears.Add(_gate, x, _gateOutputs.Pointer, Width);
        _linears.Add(_up, x, _upOutputs.Pointer, Width);
        _linears.Run();
        for (int token = 0; token < tokens; token++)
            GatedMlp.Activate(_gateOutputs.Span((long)token * Width, Width), _upOutputs.Span((long)token * Width, Width), inner.Slice(token * Width, Width));
        GC.KeepAlive(this);
    }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        _inputs.Dispose();
        _gateOutputs.Dispose();
        _upOutputs.Dispose();
        _linears.Dispose();
        _pool.Dispose();
    }
}
