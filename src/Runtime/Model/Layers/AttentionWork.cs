using System.Numerics.Tensors;
using MoEQuant.Kernels.Threading;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Cache;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>Scaled dot-product attention over the cache with grouped heads; one chunk is one head of one token.</summary>
internal sealed unsafe class AttentionWork : ParallelWork, IDisposable
{
    private readonly ModelConfig _config;
    private readonly KvCache _cache;
    private readonly NativeArray<float> _scores;
    private readonly float _scale;
    private int _layer;
    private int _firstPosition;
    private float* _queries;
    private float* _outputs;
    private int _outputStride;

    public AttentionWork(ModelConfig config, KvCache cache, int threadCount)
    {
        _config = config;
        _cache = cache;
        _scores = new NativeArray<float>((long)threadCount * cache.Capacity);
        _scale = 1 / MathF.Sqrt(config.HeadDimension);
    }

    /// <summary>Attends for <paramref name="tokenCount"/> tokens at consecutive positions whose keys and values are already stored.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="firstPosition">The first token's position.</param>
    /// <param name="tokenCount">Number of tokens.</param>
    /// <param name="queries">[tokens, heads · head dimension].</param>
    /// <param name="outputs">Receives the same shape, rows <paramref name="outputStride"/> apart.</param>
    /// <param name="outputStride">Distance of two tokens' outputs.</param>
    public void Run(WorkerPool pool, int layer, int firstPosition, int tokenCount, float* queries, float* outputs, int outputStride)
    {
        _layer = layer;
        _firstPosition = firstPosition;
        _queries = queries;
        _outputs = outputs;
        _outputStride = outputStride;
        pool.Run(this, tokenCount * _config.HeadCount);
    }

    public override void Execute(int chunk, int worker)
    {
        int token = chunk / _config.HeadCount, head = chunk % _config.HeadCount;
        int position = _firstPosition + token;
        int start = _config.SlidingWindow is { } window ? Math.Max(0, position - window + 1) : 0;
        int keyValueHead = head / (_config.HeadCount / _config.KeyValueHeadCount);
        int width = _config.HeadDimension;

        var query = new ReadOnlySpan<float>(_queries + ((long)token * _config.QuerySize) + (head * width), width);
        Span<float> scores = _scores.Span((long)worker * _cache.Capacity, position + 1 - start);
        for (int p = start; p <= position; p++)
            scores[p - start] = _scale * TensorPrimitives.Dot(query, new ReadOnlySpan<float>(_cache.Keys(_layer, keyValueHead, p), width));
        TensorPrimitives.SoftMax(scores, scores);

        var output = new Span<float>(_outputs + ((long)token * _outputStride) + (head * width), width);
        output.Clear();
        for (int p = start; p <= position; p++)
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(_cache.Values(_layer, keyValueHead, p), width), scores[p - start], output, output);
    }

    public void Dispose() => _scores.Dispose();
}
