using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Cache;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>
/// Scaled dot-product attention over the cache with grouped heads, page by page with an online softmax. One chunk is the heads that share a key-value head, of as many neighbouring tokens as make a full set of rows:
/// keys and values are read once for all of them.
/// </summary>
internal sealed unsafe class AttentionWork : ParallelWork, IDisposable
{
    private readonly ModelConfig _config;
    private readonly KvCache _cache;
    private readonly ActivationBuffer _outputs;
    private readonly MatrixKernel _kernel;
    private readonly NativeArray<byte> _rows;
    private readonly int _rowBytes;
    private readonly float _scale;
    private readonly int _groupHeads;
    private readonly int _headParts;
    private int _layer;
    private int _firstPosition;
    private int _tokenCount;
    private int _tokensPerChunk;
    private float* _queries;

    /// <param name="config">The configuration.</param>
    /// <param name="cache">Keys and values.</param>
    /// <param name="outputs">Receives the heads' outputs, one row per token.</param>
    /// <param name="kernel">The kernels.</param>
    /// <param name="threadCount">The most threads that run chunks at once.</param>
    public AttentionWork(ModelConfig config, KvCache cache, ActivationBuffer outputs, MatrixKernel kernel, int threadCount)
    {
        _config = config;
        _cache = cache;
        _outputs = outputs;
        _kernel = kernel;
        _rowBytes = (AttentionRows.RequiredBytes(config.HeadDimension) + 63) & ~63;
        _rows = new NativeArray<byte>((long)threadCount * _rowBytes);
        _scale = 1 / MathF.Sqrt(config.HeadDimension);
        _groupHeads = config.HeadCount / config.KeyValueHeadCount;
        _headParts = (_groupHeads + AttentionRows.Most - 1) / AttentionRows.Most;
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
        _tokenCount = tokenCount;
        _queries = queries;

        // Tokens of different texts have no keys in common.
        _tokensPerChunk = SequenceStride == 0 ? Math.Max(1, AttentionRows.Most / _groupHeads) : 1;
        _outputs.Reset(tokenCount, _config.QuerySize);
        pool.Run(this, (tokenCount + _tokensPerChunk - 1) / _tokensPerChunk * _config.KeyValueHeadCount * _headParts);
    }

    public override void Execute(int chunk, int worker)
    {
        // The longest work first, so that no thread begins with it when the others are done: late tokens see most positions.
        (int tokenChunk, int part) = Math.DivRem(chunk, _config.KeyValueHeadCount * _headParts);
        int tokenChunks = (_tokenCount + _tokensPerChunk - 1) / _tokensPerChunk;
        int firstToken = (tokenChunks - 1 - tokenChunk) * _tokensPerChunk, endToken = Math.Min(firstToken + _tokensPerChunk, _tokenCount);
        (int keyValueHead, part) = Math.DivRem(part, _headParts);
        int firstHead = part * AttentionRows.Most, heads = Math.Min(_groupHeads - firstHead, AttentionRows.Most);
        firstHead += keyValueHead * _groupHeads;

        var rows = new AttentionRows(_rows.Pointer + ((long)worker * _rowBytes), (endToken - firstToken) * heads, _config.HeadDimension);
        rows.Reset();
        for (int row = 0; row < rows.Count; row++)
            VectorMath.Multiply(Query(firstToken + (row / heads), firstHead + (row % heads)), _scale, new Span<float>(rows.Queries + (row * rows.Stride), _config.HeadDimension));

        int first = FirstVisible(firstToken), end = Position(endToken - 1) + 1;
        for (int page = first / KvCache.PageSize; page * KvCache.PageSize < end; page++)
        {
            int start = page * KvCache.PageSize, count = Math.Min(KvCache.PageSize, end - start);
            for (int row = 0; row < rows.Count; row++)
            {
                int token = firstToken + (row / heads);
                rows.Firsts[row] = Math.Clamp(FirstVisible(token) - start, 0, count);
                rows.Ends[row] = Math.Clamp(Position(token) + 1 - start, 0, count);
            }

            _kernel.Attend(rows, _cache.Block(_layer, keyValueHead, page, count));
        }

        for (int row = 0; row < rows.Count; row++)
        {
            Span<float> output = _outputs.Row(firstToken + (row / heads)).Slice((firstHead + (row % heads)) * _config.HeadDimension, _config.HeadDimension);
            VectorMath.Divide(new ReadOnlySpan<float>(rows.Outputs + (row * rows.Stride), _config.HeadDimension), rows.Sums[row], output);
        }
    }

    public void Dispose() => _rows.Dispose();

    private ReadOnlySpan<float> Query(int token, int head) => new(_queries + ((long)token * _config.QuerySize) + (head * _config.HeadDimension), _config.HeadDimension);

    // Where the cache keeps a token, and the first position that it sees.
    private int Position(int token) => (token * SequenceStride) + _firstPosition + (SequenceStride == 0 ? token : 0);

    private int FirstVisible(int token)
    {
        int sequence = token * SequenceStride;
        return _config.SlidingWindow is { } window ? Math.Max(sequence, Position(token) - window + 1) : sequence;
    }
}
