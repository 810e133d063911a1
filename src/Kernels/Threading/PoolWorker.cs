using System.Diagnostics;

namespace MoEQuant.Kernels;

/// <summary>One thread of a <see cref="WorkerPool"/>: waits for regions, joins them, parks when there are none.</summary>
internal sealed class PoolWorker : IDisposable
{
    /// <summary>How long to look for the next region before parking. Longer than the serial parts between the products of a token, shorter
    /// than a time slice by far.</summary>
    private static readonly long SpinTicks = Stopwatch.Frequency * 50 / 1_000_000;

    private readonly WorkerPool _pool;
    private readonly ParallelRegion _region;
    private readonly int _index;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _signal = new(0);
    private int _parked;

    public PoolWorker(WorkerPool pool, ParallelRegion region, int index)
    {
        _pool = pool;
        _region = region;
        _index = index;
        _thread = new Thread(Loop) { IsBackground = true, Name = $"MoEQuant worker {index}" };
    }

    public void Start() => _thread.UnsafeStart();

    /// <summary>Waits for the end of the thread, which must have been told to stop and woken.</summary>
    public void Dispose()
    {
        _thread.Join();
        _signal.Dispose();
    }

    /// <summary>Makes the thread look at the region if it is parked. Costs one read if it is not.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _parked) == 1 && Interlocked.Exchange(ref _parked, 0) == 1)
            _signal.Release();
    }

    private void Loop()
    {
        WorkerPool.Enter(_pool, _index);
        uint lastNumber = 0;
        while (!_region.IsStopped)
        {
            if (_region.TryJoin(ref lastNumber))
            {
                _region.ExecuteChunks(_index);
                _region.Leave();
            }
            else if (!SpinForWork(lastNumber))
            {
                Park(lastNumber);
            }
        }
    }

    private bool SpinForWork(uint lastNumber)
    {
        long end = Stopwatch.GetTimestamp() + SpinTicks;
        do
        {
            for (int poll = 0; poll < 16; poll++)
            {
                if (_region.HasWorkBeyond(lastNumber))
                    return true;
                Thread.SpinWait(2);
            }
        }
        while (Stopwatch.GetTimestamp() < end);
        return false;
    }

    private void Park(uint lastNumber)
    {
        // Announce first, look again second; the caller publishes first and looks for the announcement second (both with full fences), so
        // no region is slept through.
        Interlocked.Exchange(ref _parked, 1);
        if (_region.HasWorkBeyond(lastNumber) && Interlocked.Exchange(ref _parked, 0) == 1)
            return;
        _signal.Wait();
    }
}
