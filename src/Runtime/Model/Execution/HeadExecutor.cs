using MoEQuant.Kernels;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Cache;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Runs final norm and output head by themselves, with the code that inference runs. Used by one caller at a time.</summary>
public sealed unsafe class HeadExecutor : IDisposable
{
    private readonly OutputHead _head;
    private readonly WorkerPool _pool;
    private readonly KvCache _cache;
    private readonly Workspace _workspace;
    private readonly NativeArray<float> _logits;
    private readonly ModelConfig _config;

    /// <summary>Loads norm and head and allocates the buffers.</summary>
    /// <param name="config">The network's configuration.</param>
    /// <param name="source">The weights; must outlive this object.</param>
    /// <param name="threadCount">Threads that compute, the calling one included; the results do not depend on it.</param>
    /// <param name="maxTokens">Tokens computed together.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">A tensor is missing or has another shape.</exception>
    public HeadExecutor(ModelConfig config, IWeightSource source, int threadCount, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        _config = config;
        _head = OutputHead.Load(config, TensorPlan.For(config), source);
        _pool = new WorkerPool(threadCount);
        _cache = new KvCache(config, 1);
        _workspace = new Workspace(config, _head.Rank, _cache, _pool, KernelCatalog.Best, maxTokens);
        _logits = new NativeArray<float>((long)maxTokens * config.VocabularySize);
    }

    /// <summary>Shows the logits of every token, in order.</summary>
    /// <param name="hidden">The residual stream after the last layer, [tokens, hidden size]; any number of tokens.</param>
    /// <param name="visitor">Called once per token, with its index.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is no multiple of the hidden size.</exception>
    public void Forward(ReadOnlySpan<float> hidden, LogitsVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        (int tokens, int rest) = Math.DivRem(hidden.Length, _config.HiddenSize);
        if (rest != 0)
            throw new ArgumentOutOfRangeException(nameof(hidden), hidden.Length, $"The length is no multiple of {_config.HiddenSize}.");
        for (int first = 0; first < tokens; first += _workspace.MaxTokens)
        {
            int count = Math.Min(_workspace.MaxTokens, tokens - first);
            hidden.Slice(first * _config.HiddenSize, count * _config.HiddenSize).CopyTo(new Span<float>(_workspace.Hidden, count * _config.HiddenSize));
            _head.Forward(_workspace, 0, count, _logits.Pointer);
            for (int token = 0; token < count; token++)
                visitor(first + token, _logits.Span((long)token * _config.VocabularySize, _config.VocabularySize));
        }

        GC.KeepAlive(this);
    }

    /// <summary>Frees threads and buffers.</summary>
    public void Dispose()
    {
        _logits.Dispose();
        _workspace.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }
}
