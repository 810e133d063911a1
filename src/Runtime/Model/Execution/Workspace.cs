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
    // 8 MB of intermediate results.
    private const long WaveFloats = 1 << 21;

    // A wave of fewer rows would read weights for too few of them.
    private const int SmallestWave = 128;

    private readonly ModelConfig _config;
    private readonly List<IDisposable> _owned = [];
    private readonly NativeArray<float> _rotations;
    private readonly NativeArray<int> _ascending;

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
        int everyTokenWidth = Math.Max(_config.SharedIntermediateSize, _config.DenseIntermediateSize);
        WaveSlots = (int)Math.Min(RowsOf(WaveFloats, (2L * _config.ExpertIntermediateSize) + _config.HiddenSize), (long)maxTokens * _config.ExpertsPerToken);
        WaveTokens = (int)Math.Min(RowsOf(WaveFloats, 2L * everyTokenWidth), maxTokens);

        // Queries are not needed any more when the output projection writes its branch, nor the inputs of attention when it writes its output.
        Hidden = Floats(maxTokens, _config.HiddenSize);
        Branch = Queries = Floats(maxTokens, Math.Max(_config.HiddenSize, _config.QuerySize));
        Keys = Floats(maxTokens, _config.KeyValueSize);
        Values = Floats(maxTokens, _config.KeyValueSize);
        RouterLogits = Floats(maxTokens, _config.ExpertCount);
        ExpertUp = Floats(WaveSlots, _config.ExpertIntermediateSize);
        ExpertOutput = Floats(WaveSlots, _config.HiddenSize);
        SharedUp = Floats(WaveTokens, everyTokenWidth);
        ExpertGate = Own(new ActivationBuffer(Math.Max(1, WaveSlots), Math.Max(1, _config.ExpertIntermediateSize)));
        SharedGate = Own(new ActivationBuffer(WaveTokens, Math.Max(1, everyTokenWidth)));
        ActivationBuffer rows = Own(new ActivationBuffer(maxTokens, Math.Max(_config.HiddenSize, _config.QuerySize)));

        Routed = Own(new RoutedTokens(maxTokens, _config.ExpertCount, _config.ExpertsPerToken));
        _ascending = Own(new NativeArray<int>(Math.Max(WaveSlots, maxTokens)));
        for (int row = 0; row < _ascending.Length; row++)
            _ascending.Pointer[row] = row;
        _rotations = Own(new NativeArray<float>((long)maxTokens * _config.HeadDimension));
        SequenceStride = sequenceStride;
        Attention = Own(new AttentionWork(_config, cache, rows, kernel, pool.ThreadCount) { SequenceStride = sequenceStride });
        Normalise = new Normalisation(pool, Hidden, _config.HiddenSize, rows);
        CompleteAttention = new BatchCompletion(pool, rows);
        SelectExperts = new ExpertSelection(pool, _config, RouterLogits, Routed);
        ActivateExperts = new GatedActivation(pool, ExpertGate, ExpertUp);
        ActivateShared = new GatedActivation(pool, SharedGate, SharedUp);
        Combine = new ExpertCombination(pool, Hidden, _config.HiddenSize, Routed, ExpertOutput);
        AddBranch = new ResidualAddition(pool, Hidden, Branch, _config.HiddenSize);
        PrepareHeads = new HeadPreparation(this, _config);

        // The largest runs: gate and up of a wave's experts and of the network that every token passes; query, key and value.
        long latents = Math.Max(2L * (WaveSlots + WaveTokens), 3L * maxTokens) * largestRank;
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

    /// <summary>
    /// Slots that are computed together. The experts' work goes in waves: their intermediate results need several times the memory of the residual stream, and more than some hundred tokens at a time gain nothing.
    /// </summary>
    public int WaveSlots { get; }

    /// <summary>The same for tokens in a network that every token passes.</summary>
    public int WaveTokens { get; }

    /// <summary>gate of a wave's slots, then what down sees.</summary>
    public ActivationBuffer ExpertGate { get; }

    public float* ExpertUp { get; }

    /// <summary>down of a wave's slots.</summary>
    public float* ExpertOutput { get; }

    /// <summary>gate of a wave's tokens, then what down sees.</summary>
    public ActivationBuffer SharedGate { get; }

    public float* SharedUp { get; }

    /// <summary>Normalises the residual stream.</summary>
    public Normalisation Normalise { get; }

    /// <summary>Completes what attention wrote.</summary>
    public BatchCompletion CompleteAttention { get; }

    public HeadPreparation PrepareHeads { get; }

    public ExpertSelection SelectExperts { get; }

    public GatedActivation ActivateExperts { get; }

    public GatedActivation ActivateShared { get; }

    public ExpertCombination Combine { get; }

    public ResidualAddition AddBranch { get; }

    public Span<float> HiddenRow(int token) => new(Hidden + ((long)token * _config.HiddenSize), _config.HiddenSize);

    /// <summary>The numbers from <paramref name="first"/> on, for selecting rows that follow each other.</summary>
    public int* Ascending(int first) => _ascending.Pointer + first;

    /// <summary>Where the cache keeps a token of a pass.</summary>
    public int CachePosition(int firstPosition, int token) => SequenceStride == 0 ? firstPosition + token : (token * SequenceStride) + firstPosition;

    /// <summary>The cosines of a token's rotation.</summary>
    public Span<float> Cosines(int token) => _rotations.Span((long)token * _config.HeadDimension, _config.HeadDimension / 2);

    /// <summary>The sines of a token's rotation.</summary>
    public Span<float> Sines(int token) => _rotations.Span(((long)token * _config.HeadDimension) + (_config.HeadDimension / 2), _config.HeadDimension / 2);

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private static long RowsOf(long floats, long width) => Math.Max(SmallestWave, floats / Math.Max(1, width));

    private float* Floats(long rows, int columns) => Own(new NativeArray<float>(rows * columns)).Pointer;

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
