using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Cache;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// Runs one decoder layer by itself, with the code that inference runs: what calibration walks a model with when only a layer of it fits into memory, or when
/// the layers so far are quantized and the others are not. Used by one caller at a time.
/// </summary>
public sealed unsafe class LayerExecutor : IDisposable
{
    private readonly DecoderLayer _layer;
    private readonly RotaryEmbedding _rotary;
    private readonly WorkerPool _pool;
    private readonly KvCache _cache;
    private readonly Workspace _workspace;
    private readonly int _hiddenSize;

    /// <summary>Loads the layer and allocates its buffers.</summary>
    /// <param name="config">The network's configuration.</param>
    /// <param name="source">The weights; must outlive this object.</param>
    /// <param name="layer">The decoder layer, 0 … layers − 1.</param>
    /// <param name="threadCount">Threads that compute, the calling one included; the results do not depend on it.</param>
    /// <param name="maxTokens">The longest sequence.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">A tensor is missing or has another shape.</exception>
    public LayerExecutor(ModelConfig config, IWeightSource source, int layer, int threadCount, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        _layer = new DecoderLayer(config, layer, TensorPlan.For(config).Layers[layer], source);
        _rotary = RotaryEmbedding.For(config);
        _hiddenSize = config.HiddenSize;
        _pool = new WorkerPool(threadCount);
        _cache = new KvCache(config, maxTokens);
        _workspace = new Workspace(config, _layer.LargestRank, _cache, _pool, KernelCatalog.Best, maxTokens);
    }

    /// <summary>The longest sequence.</summary>
    public int MaxTokens => _workspace.MaxTokens;

    /// <summary>Runs the layer on one independent sequence from position 0.</summary>
    /// <param name="hidden">The residual stream [tokens, hidden size]: before the layer, replaced by after the layer.</param>
    /// <param name="observer">Sees inputs and routing; or null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is no multiple of the hidden size, or there are more than <see cref="MaxTokens"/> tokens.</exception>
    public void Forward(Span<float> hidden, LayerObserver? observer)
    {
        ForwardAttention(hidden, observer);
        ForwardFeedForward(hidden, observer);
    }

    /// <summary>Runs the first half, attention: see <see cref="Forward"/>.</summary>
    public void ForwardAttention(Span<float> hidden, LayerObserver? observer)
    {
        int tokens = Enter(hidden);
        for (int token = 0; token < tokens; token++)
            _rotary.FillRotation(token, _workspace.Cosines(token), _workspace.Sines(token));
        _layer.ForwardAttention(_workspace, tokens, 0, observer);
        Leave(hidden);
    }

    /// <summary>Runs the second half, the feed-forward network: see <see cref="Forward"/>.</summary>
    public void ForwardFeedForward(Span<float> hidden, LayerObserver? observer)
    {
        int tokens = Enter(hidden);
        _layer.ForwardFeedForward(_workspace, tokens, 0, observer);
        Leave(hidden);
    }

    /// <summary>Shows what attention would see, at a fraction of the cost: the input of q, k and v.</summary>
    /// <param name="hidden">The residual stream before the layer, [tokens, hidden size].</param>
    /// <param name="observer">Sees <see cref="LayerSite.AttentionInput"/>.</param>
    public void ObserveAttentionInput(ReadOnlySpan<float> hidden, LayerObserver observer)
    {
        _layer.EnterAttention(_workspace, Enter(hidden), 0, observer);
        GC.KeepAlive(this);
    }

    /// <summary>Shows what the feed-forward network would see, at a fraction of the cost: its input and the routing.</summary>
    /// <param name="hidden">The residual stream between attention and feed-forward network, [tokens, hidden size].</param>
    /// <param name="observer">Sees <see cref="LayerSite.FeedForwardInput"/>, router probabilities and chosen experts.</param>
    public void ObserveFeedForwardInput(ReadOnlySpan<float> hidden, LayerObserver observer)
    {
        _layer.EnterFeedForward(_workspace, Enter(hidden), 0, observer);
        GC.KeepAlive(this);
    }

    /// <summary>Frees threads and buffers.</summary>
    public void Dispose()
    {
        _workspace.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }

    private int Enter(ReadOnlySpan<float> hidden)
    {
        (int tokens, int rest) = Math.DivRem(hidden.Length, _hiddenSize);
        if (rest != 0)
            throw new ArgumentOutOfRangeException(nameof(hidden), hidden.Length, $"The length is no multiple of {_hiddenSize}.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, MaxTokens, nameof(hidden));
        hidden.CopyTo(new Span<float>(_workspace.Hidden, hidden.Length));
        return tokens;
    }

    private void Leave(Span<float> hidden)
    {
        new ReadOnlySpan<float>(_workspace.Hidden, hidden.Length).CopyTo(hidden);

        // Kernels work on raw pointers: without this an executor that nobody refers to any more could be finalized in its last pass.
        GC.KeepAlive(this);
    }
}
