using System.Numerics.Tensors;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Cache;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>Scaled dot-product attention over the cache with grouped heads; one chunk is one head of one token.</summary>
internal sealed unsafe class AttentionWork : ParallelWork, IDisposable
{
    private readonly ModelConfig _config;
    private readonly KvCache _cache;
    private readonly ActivationBuffer _outputs;
    private readonly NativeArray<float> _scores;
    private readonly float _scale;
    private int _layer;
    private int _firstPosition;
    private float* _queries;

    /// <param name="config">The configuration.</param>
    /// <param name="cache">Keys and values.</param>
    /// <param name="outputs">Receives the heads' outputs, one row per token.</param>
    /// <param name="threadCount">The most threads that run chunks at once.</param>
    public AttentionWork(ModelConfig config, KvCache cache, ActivationBuffer outputs, int threadCount)
    {
        _config = config;
        _cache = cache;
        _outputs = outputs;
        _scores = new NativeArray<float>((long)threadCount * cache.Capacity);
        _scale = 1 / MathF.Sqrt(config.HeadDimension);
    }

    /// <summary>0 where the tokens of a pass follow each other in one text; otherwise see <see cref="Workspace.SequenceStride"/>.</summary>
    public int SequenceStride { get; init; }

    /// <summary>Attends for <paramref name="tokenCount"/> tokens at consecutive positions whose keys and values are already stored.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="firstPosition">The first token's position.</param>
    /// <param name="tokenCount">Number of tokens.</param>
    /// <param name="queries">[tokens, heads · head dimension].</param>
    public void Run(WorkerPool pool, int layer, int firstPosition, int tokenCount, float* queries)
    {
        _layer = layer;
        _firstPosition = firstPosition;
        _queries = queries;
        _outputs.Reset(tokenCount, _config.QuerySize);
        pool.Run(this, tokenCount * _config.HeadCount);
    }

    public override void Execute(int chunk, int worker)
    {
        int token = chunk / _config.HeadCount, head = chunk % _config.HeadCount;
        int sequence = token * SequenceStride;
        int position = SequenceStride == 0 ? _firstPosition + token : sequence + _firstPosition;
        int start = _config.SlidingWindow is { } window ? Math.Max(sequence, position - window + 1) : sequence;
        int keyValueHead = head / (_config.HeadCount / _config.KeyValueHeadCount);
        int width = _config.HeadDimension;

        var query = new ReadOnlySpan<float>(_queries + ((long)token * _config.QuerySize) + (head * width), width);
        Span<float> scores = _scores.Span((long)worker * _cache.Capacity, position + 1 - start);
        for (int p = start; p <= position; p++)
            scores[p - start] = _scale * TensorPrimitives.Dot(query, _cache.Key(_layer, keyValueHead, p));
        TensorPrimitives.SoftMax(scores, scores);

        Span<float> output = _outputs.Row(token).Slice(head * width, width);
        output.Clear();
        for (int p = start; p <= position; p++)
            TensorPrimitives.MultiplyAdd(_cache.Value(_layer, keyValueHead, p), scores[p - start], output, output);
    }

    public void Dispose() => _scores.Dispose();
}
