namespace MoEQuant.Kernels;

/// <summary>Persistent threads that execute the chunks of one <see cref="ParallelWork"/> at a time; the calling thread takes
/// part.</summary>
/// <remarks>
/// <para>
/// A call to <see cref="Run"/> is a <em>region</em>. Chunks are handed out one by one, so a slow core takes fewer of them. Threads join a
/// region while it is open; the caller
/// closes it when no chunk is left and waits only for threads that joined. A thread that wakes too late finds the region closed and costs
/// nothing.
/// </para>
/// <para>
/// Between regions a thread spins for some tens of microseconds, so that the regions of one token follow each other without a system call,
/// and then parks,
/// so that an idle pool takes nothing from its neighbours.
/// </para>
/// <para>Regions of several callers exclude each other. <see cref="Run"/> from inside a chunk of the same pool executes its chunks
/// inline.</para>
/// </remarks>
public sealed class WorkerPool : IDisposable
{
    [ThreadStatic]
    private static WorkerPool? s_currentPool;

    [ThreadStatic]
    private static int s_currentWorker;

    private readonly Lock _regionLock = new();
    private readonly PoolWorker[] _workers;
    private readonly ParallelRegion _region = new();
    private bool _disposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threadCount">Threads including the caller of <see cref="Run"/>, 1..1024; 1 starts none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside its range.</exception>
    public WorkerPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threadCount, 1024);
        _workers = new PoolWorker[threadCount - 1];
        for (int index = 0; index < _workers.Length; index++)
            _workers[index] = new PoolWorker(this, _region, index + 1);
        foreach (PoolWorker worker in _workers)
            worker.Start();
    }

    /// <summary>Threads that execute chunks, including the caller of <see cref="Run"/>.</summary>
    public int ThreadCount => _workers.Length + 1;

    /// <summary>Executes all chunks of a work and returns when the last one is done. Allocates nothing.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="chunkCount">Number of chunks, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunkCount"/> is negative.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    /// <remarks>The first exception of a chunk is rethrown here after all threads have left the region; chunks not yet begun are dropped
    /// then.</remarks>
    public void Run(ParallelWork work, int chunkCount)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfNegative(chunkCount);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (s_currentPool == this)
        {
            RunInline(work, chunkCount, s_currentWorker);
            return;
        }
        lock (_regionLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (WorkerPool? outerPool, int outerWorker) = (s_currentPool, s_currentWorker);
            (s_currentPool, s_currentWorker) = (this, 0);
            try
            {
                if (_workers.Length == 0 || chunkCount <= 1)
                    RunInline(work, chunkCount, worker: 0);
                else
                    RunRegion(work, chunkCount);
            }
            finally
            {
                (s_currentPool, s_currentWorker) = (outerPool, outerWorker);
            }
        }
    }

    /// <summary>Ends and joins the threads. Waits for a region in progress. Must not be called from inside a chunk.</summary>
    /// <exception cref="InvalidOperationException">The call comes from inside a chunk of this pool.</exception>
    public void Dispose()
    {
        if (s_currentPool == this)
            throw new InvalidOperationException("The pool cannot be disposed from inside one of its chunks: it would wait for itself.");
        lock (_regionLock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _region.Stop();
            foreach (PoolWorker worker in _workers)
                worker.Wake();
        }
        foreach (PoolWorker worker in _workers)
            worker.Dispose();
        _region.Dispose();
    }

    /// <summary>Marks the current thread as a worker of a pool, for nested calls of <see cref="Run"/>.</summary>
    internal static void Enter(WorkerPool pool, int worker) => (s_currentPool, s_currentWorker) = (pool, worker);

    private static void RunInline(ParallelWork work, int chunkCount, int worker)
    {
        for (int chunk = 0; chunk < chunkCount; chunk++)
            work.Execute(chunk, worker);
    }

    private void RunRegion(ParallelWork work, int chunkCount)
    {
        _region.Open(work, chunkCount);
        int helpers = Math.Min(_workers.Length, chunkCount - 1);
        for (int index = 0; index < helpers; index++)
            _workers[index].Wake();
        _region.ExecuteChunks(worker: 0);
        _region.Close();
    }
}
