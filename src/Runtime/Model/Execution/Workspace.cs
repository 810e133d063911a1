using System.Numerics.Tensors;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Cache;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Layers;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// All buffers that a forward pass of up to a given number of tokens needs, allocated once: passes allocate nothing. Native memory is not touched before it is
/// used, so a session that only decodes keeps the pages of a single token resident.
/// </summary>
internal sealed unsafe class Workspace : IDisposable
{
    private readonly ModelConfig _config;
    private readonly List<IDisposable> _owned = [];
    private readonly NativeArray<float> _rotations;

    /// <param name="config">The network's widths.</param>
    /// <param name="largestRank">The widest compensator among the weights that will be used.</param>
    /// <param name="cache">Keys and values; bounds the positions.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="kernel">The kernels.</param>
    /// <param name="maxTokens">The most tokens of one pass.</param>
    /// <param name="sequenceStride">See <see cref="SequenceStride"/>.</param>
    public Workspace(ModelConfig config, int largestRank, KvCache cache, WorkerPool pool, MatrixKernel kernel, int maxTokens, int sequenceStride = 0)
    {
        _config = config;
        Pool = pool;
        Cache = cache;
        MaxTokens = maxTokens;
        int slots = maxTokens * _config.ExpertsPerToken;
        int everyTokenWidth = Math.Max(_config.SharedIntermediateSize, _config.DenseIntermediateSize);

        Hidden = Floats(maxTokens, _config.HiddenSize);
        Branch = Floats(maxTokens, _config.HiddenSize);
        Queries = Floats(maxTokens, _config.QuerySize);
        Keys = Floats(maxTokens, _config.KeyValueSize);
        Values = Floats(maxTokens, _config.KeyValueSize);
        RouterLogits = Floats(maxTokens, _config.ExpertCount);
        ExpertGate = Floats(slots, _config.ExpertIntermediateSize);
        ExpertUp = Floats(slots, _config.ExpertIntermediateSize);
        ExpertOutput = Floats(slots, _config.HiddenSize);
        SharedGate = Floats(maxTokens, everyTokenWidth);
        SharedUp = Floats(maxTokens, everyTokenWidth);

        Normalised = Own(new ActivationBuffer(maxTokens, _config.HiddenSize));
        AttentionOutput = Own(new ActivationBuffer(maxTokens, _config.QuerySize));
        ExpertInputs = Own(new ActivationBuffer(slots, _config.HiddenSize));
        ExpertInner = Own(new ActivationBuffer(slots, _config.ExpertIntermediateSize));
        SharedInner = Own(new ActivationBuffer(maxTokens, Math.Max(1, everyTokenWidth)));

        Routed = new RoutedTokens(maxTokens, _config.ExpertCount, _config.ExpertsPerToken);
        _rotations = Own(new NativeArray<float>((long)maxTokens * _config.HeadDimension));
        SequenceStride = sequenceStride;
        Attention = Own(new AttentionWork(_config, cache, AttentionOutput, kernel, pool.ThreadCount) { SequenceStride = sequenceStride });

        // The largest run: gate and up of every chosen expert, and of the network that every token passes.
        long latents = 2L * (slots + (2L * maxTokens)) * largestRank;
        Linears = Own(new LinearBatch(pool, kernel, (2 * _config.ExpertCount) + 4, latents));
    }

    public WorkerPool Pool { get; }

    public KvCache Cache { get; }

    /// <summary>The most tokens of one pass.</summary>
    public int MaxTokens { get; }

    /// <summary>
    /// 0 where the tokens of a pass follow each other in one text. Otherwise every token of a pass belongs to a text of its own, all of them at the same position, and the
    /// texts lie this many cache positions apart.
    /// </summary>
    public int SequenceStride { get; }

    public LinearBatch Linears { get; }

    public AttentionWork Attention { get; }

    public RoutedTokens Routed { get; }

    /// <summary>The residual stream, [tokens, hidden].</summary>
    public float* Hidden { get; }

    /// <summary>The output of a branch before it is added to the residual stream, [tokens, hidden].</summary>
    public float* Branch { get; }

    public float* Queries { get; }

    public float* Keys { get; }

    public float* Values { get; }

    public float* RouterLogits { get; }

    public float* ExpertGate { get; }

    public float* ExpertUp { get; }

    public float* ExpertOutput { get; }

    public float* SharedGate { get; }

    public float* SharedUp { get; }

    public ActivationBuffer Normalised { get; }

    public ActivationBuffer AttentionOutput { get; }

    public ActivationBuffer ExpertInputs { get; }

    public ActivationBuffer ExpertInner { get; }

    public ActivationBuffer SharedInner { get; }

    public Span<float> HiddenRow(int token) => new(Hidden + ((long)token * _config.HiddenSize), _config.HiddenSize);

    public Span<float> BranchRow(int token) => new(Branch + ((long)token * _config.HiddenSize), _config.HiddenSize);

    /// <summary>Where the cache keeps a token of a pass.</summary>
    public int CachePosition(int firstPosition, int token) => SequenceStride == 0 ? firstPosition + token : (token * SequenceStride) + firstPosition;

    /// <summary>The cosines of a token's rotation.</summary>
    public Span<float> Cosines(int token) => _rotations.Span((long)token * _config.HeadDimension, _config.HeadDimension / 2);

    /// <summary>The sines of a token's rotation.</summary>
    public Span<float> Sines(int token) => _rotations.Span(((long)token * _config.HeadDimension) + (_config.HeadDimension / 2), _config.HeadDimension / 2);

    /// <summary>Normalises the residual stream of <paramref name="tokens"/> tokens from <paramref name="firstToken"/> on.</summary>
    public ActivationBlock Normalise(RmsNorm norm, int firstToken, int tokens)
    {
        Normalised.Reset(tokens, _config.HiddenSize);
        for (int token = 0; token < tokens; token++)
            norm.Apply(HiddenRow(firstToken + token), Normalised.Row(token));
        return Normalised.Complete();
    }

    /// <summary>Residual stream += branch.</summary>
    public void AddBranch(int tokens)
    {
        for (int token = 0; token < tokens; token++)
            TensorPrimitives.Add(HiddenRow(token), BranchRow(token), HiddenRow(token));
    }

    /// <summary>Residual stream of one token += weight · values.</summary>
    public void AddToResidual(int token, ReadOnlySpan<float> values, float weight) => TensorPrimitives.MultiplyAdd(values, weight, HiddenRow(token), HiddenRow(token));

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private float* Floats(long rows, int columns) => Own(new NativeArray<float>(rows * columns)).Pointer;

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
