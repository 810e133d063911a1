using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// Several linear layers that do not depend on each other, computed in one parallel region (q, k and v; gate and up of all chosen experts): with a region per
/// layer, a token of a model with many small experts would spend its time on synchronisation. Preallocated and reused: a run allocates nothing.
/// </summary>
internal sealed unsafe class LinearBatch : ParallelWork, IDisposable
{
    private const int RanksPerChunk = 16;

    // Some microseconds of rotating and quantizing: below it a parallel region costs more than it saves.
    private const int InlineValues = 1 << 15;
    private const int ValuesPerChunk = 1 << 13;

    // Enough chunks per thread that a slow core does not hold the others, few enough that taking one is cheap beside computing it.
    private const int ChunksPerThread = 8;

    private readonly WorkerPool _pool;
    private readonly MatrixKernel _kernel;
    private readonly NativeArray<float> _latent;
    private readonly InputPreparation _inputs;
    private readonly Item[] _items;
    private int _count;
    private long _latentUsed;
    private int _totalTiles;
    private int _unitsPerChunk;
    private Phase _phase;

    /// <param name="pool">The threads.</param>
    /// <param name="kernel">The kernels.</param>
    /// <param name="maxItems">The most layers in one run.</param>
    /// <param name="latentCapacity">Floats for the compensators' intermediate results: the largest sum over a run's layers of tokens times rank.</param>
    public LinearBatch(WorkerPool pool, MatrixKernel kernel, int maxItems, long latentCapacity)
    {
        _pool = pool;
        _kernel = kernel;
        _items = new Item[maxItems];
        _latent = new NativeArray<float>(latentCapacity);
        _inputs = new InputPreparation(maxItems);
    }

    /// <summary>Adds y = W x to the run.</summary>
    public void Add(LinearWeights weights, in ActivationBlock x, float* y, nint yStride) => Add(weights, x, null, x.Count, y, yStride);

    /// <summary>Adds y = W x to the run for some of a batch's tokens. The batch is rotated and quantized as a whole and once, however many layers see parts of it.</summary>
    /// <param name="weights">W.</param>
    /// <param name="x">The batch.</param>
    /// <param name="rows">The tokens; null for all of them in order.</param>
    /// <param name="count">How many tokens.</param>
    /// <param name="y">Receives a row per token.</param>
    /// <param name="yStride">Distance of two rows.</param>
    public void Add(LinearWeights weights, in ActivationBlock x, int* rows, int count, float* y, nint yStride)
    {
        float* latent = _latent.Pointer + _latentUsed;
        _latentUsed += (long)count * weights.Rank;
        int prepared = weights.InputTreatment.IsNone ? -1 : _inputs.Add(x, weights.InputTreatment);
        _items[_count++] = new Item { Weights = weights, X = new LinearInput(x), Rows = rows, Count = count, Prepared = prepared, Y = y, YStride = yStride, Latent = latent };
        _totalTiles += weights.TileCount;
    }

    /// <summary>Computes everything that was added and forgets it.</summary>
    /// <param name="keepInputs">Whether later runs see the same batches with the same contents: what was prepared of them is kept until <see cref="ForgetInputs"/>.</param>
    public void Run(bool keepInputs = false)
    {
        bool completed = false;
        try
        {
            Prepare();

            // The compensators' inner products come first: every output tile needs all of them.
            RunPhase(Phase.Project);
            RunPhase(Phase.Multiply);
            completed = true;
        }
        finally
        {
            Array.Clear(_items, 0, _count);
            if (!completed)
                _inputs.Forget();
            else
                _inputs.Clear(keepInputs);
            _count = 0;
            _latentUsed = 0;
            _totalTiles = 0;
        }
    }

    /// <summary>Ends what <see cref="Run"/> kept.</summary>
    public void ForgetInputs() => _inputs.Forget();

    public override void Execute(int chunk, int worker)
    {
        if (_phase == Phase.Prepare)
        {
            _inputs.Prepare(_kernel, chunk * _unitsPerChunk, (chunk + 1) * _unitsPerChunk);
            return;
        }

        ref Item item = ref _items[Find(chunk)];
        int first = (chunk - item.FirstChunk) * _unitsPerChunk;
        int end = Math.Min(first + _unitsPerChunk, Units(item.Weights));
        if (_phase == Phase.Project)
            item.Weights.Project(_kernel, item.X, first, end, item.Latent);
        else
            item.Weights.Multiply(_kernel, item.X, item.Latent, first, end, item.Y, item.YStride);
    }

    public void Dispose()
    {
        _latent.Dispose();
        _inputs.Dispose();
    }

    private void Prepare()
    {
        if (_inputs.TokenCount > 0)
            PrepareInputs();
        foreach (ref Item item in _items.AsSpan(0, _count))
        {
            if (item.Prepared >= 0)
                item.X = _inputs.Get(item.Prepared);
            if (item.Rows is not null)
                item.X = item.X.Select(item.Rows, item.Count);
        }
    }

    private void PrepareInputs()
    {
        _inputs.Allocate();
        if (_inputs.ValueCount <= InlineValues)
        {
            _inputs.Prepare(_kernel, 0, _inputs.TokenCount);
        }
        else
        {
            _phase = Phase.Prepare;
            _unitsPerChunk = (int)Math.Max(1, ValuesPerChunk * (long)_inputs.TokenCount / _inputs.ValueCount);
            _pool.Run(this, (_inputs.TokenCount + _unitsPerChunk - 1) / _unitsPerChunk);
        }
    }

    private void RunPhase(Phase phase)
    {
        _phase = phase;
        _unitsPerChunk = phase == Phase.Project ? RanksPerChunk : TilesPerChunk();
        int chunks = 0;
        foreach (ref Item item in _items.AsSpan(0, _count))
        {
            item.FirstChunk = chunks;
            chunks += (Units(item.Weights) + _unitsPerChunk - 1) / _unitsPerChunk;
        }

        if (chunks > 0)
            _pool.Run(this, chunks);
    }

    // Even, because wide kernels compute pairs of tiles and a lone tile costs them as much as a pair.
    private int TilesPerChunk() => Math.Max(2, _totalTiles / (_pool.ThreadCount * ChunksPerThread) / 2 * 2);

    private int Units(LinearWeights weights) => _phase == Phase.Project ? weights.Rank : weights.TileCount;

    // The last item whose first chunk is not beyond the chunk; items without chunks share their successor's first chunk and are passed over.
    private int Find(int chunk)
    {
        int low = 0, high = _count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_items[middle].FirstChunk <= chunk)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private enum Phase
    {
        Prepare,
        Project,
        Multiply,
    }

    private struct Item
    {
        public LinearWeights Weights;
        public LinearInput X;
        public int* Rows;
        public int Count;
        public int Prepared;
        public float* Y;
        public nint YStride;
        public float* Latent;
        public int FirstChunk;
    }
}
