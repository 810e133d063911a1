using System.Diagnostics;

namespace MoEQuant.Kernels;

/// <summary>One thread of a <see cref="WorkerPool"/>: waits for regions, joins them, parks when there are none.</summary>
internal sealed class PoolWorker : IDisposable
{
    /// <summary>How long to look for the next region before parking. Longer than the serial parts between the products of a token, shorter
    /// than a time slice by far.</summary>
    private static readonly long SpinTicks = Stopwatch.Frequency * 50 / 1_000_000;

    private readonly WorkerPool pool;
    private readonly ParallelRegion region;
    private readonly int index;
    private readonly Thread thread;
    private readonly SemaphoreSlim signal = new(0);
    private int parked;

    public PoolWorker(WorkerPool pool, ParallelRegion region, int index)
    {
        this.pool = pool;
        this.region = region;
        this.index = index;
        thread = new Thread(Loop) { IsBackground = true, Name = $"MoEQuant worker {index}" };
    }

    public void Start() => thread.UnsafeStart();

    /// <summary>Waits for the end of the thread, which must have been told to stop and woken.</summary>
    public void Dispose()
    {
        thread.Join();
        signal.Dispose();
    }

    /// <summary>Makes the thread look at the region if it is parked. Costs one read if it is not.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref parked) == 1 && Interlocked.Exchange(ref parked, 0) == 1)
            signal.Release();
    }

    private void Loop()
    {
        WorkerPool.Enter(pool, index);
        uint lastNumber = 0;
        while (!region.IsStopped)
        {
            if (region.TryJoin(ref lastNumber))
            {
                region.ExecuteChunks(index);
                region.Leave();
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
                if (region.HasWorkBeyond(lastNumber))
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
        Interlocked.Exchange(ref parked, 1);
        if (region.HasWorkBeyond(lastNumber) && Interlocked.Exchange(ref parked, 0) == 1)
            return;
        signal.Wait();
    }
}
