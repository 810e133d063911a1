using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MoEQuant.Kernels;

/// <summary>The work that a pool's threads share at the moment: which chunk is next, who takes part, what went wrong.</summary>
/// <remarks>
/// <see cref="Shared.State"/> holds everything that must change together: the number of the region (upper 32 bits), whether it is open, and
/// how many threads have joined.
/// A thread joins with a compare-exchange that only succeeds while the region is open, so the fields below cannot change under a thread
/// that joined:
/// the caller opens the next region only after the count has come back to zero.
/// </remarks>
internal sealed class ParallelRegion : IDisposable
{
    private const long OpenFlag = 1L << 31;
    private const long StopFlag = 1L << 30;
    private const long JoinedMask = (1L << 30) - 1;
    private const int NumberShift = 32;

    /// <summary>Polls of the joined count before the closing caller parks. About 50 µs.</summary>
    private const int CloseSpins = 1000;

    private readonly SemaphoreSlim _allLeft = new(0);
    private Shared _shared;
    private ParallelWork? _work;
    private int _chunkCount;
    private Exception? _failure;
    private int _callerParked;

    /// <summary>Whether the threads should end.</summary>
    public bool IsStopped => (Volatile.Read(ref _shared.State) & StopFlag) != 0;

    /// <summary>Whether a region is open that is not the one a thread has already taken part in.</summary>
    public bool HasWorkBeyond(uint lastNumber)
    {
        long state = Volatile.Read(ref _shared.State);
        return (state & (OpenFlag | StopFlag)) != 0 && ((state & StopFlag) != 0 || (uint)(state >> NumberShift) != lastNumber);
    }

    /// <summary>Publishes a work to the threads. A full fence: what a thread announced before is visible afterwards.</summary>
    public void Open(ParallelWork newWork, int newChunkCount)
    {
        _work = newWork;
        _chunkCount = newChunkCount;
        _failure = null;
        _shared.NextChunk = 0;
        uint number = (uint)(_shared.State >> NumberShift) + 1;
        Interlocked.Exchange(ref _shared.State, (long)number << NumberShift | OpenFlag);
    }

    /// <summary>Joins the open region unless it is the one already taken part in.</summary>
    public bool TryJoin(ref uint lastNumber)
    {
        long state = Volatile.Read(ref _shared.State);
        while ((state & OpenFlag) != 0 && (uint)(state >> NumberShift) != lastNumber)
        {
            long seen = Interlocked.CompareExchange(ref _shared.State, state + 1, state);
            if (seen == state)
            {
                lastNumber = (uint)(state >> NumberShift);
                return true;
            }
            state = seen;
        }
        return false;
    }

    /// <summary>Executes chunks until none is left. Only between joining and leaving, or by the caller before it closes.</summary>
    public void ExecuteChunks(int worker)
    {
        try
        {
            for (long chunk = TakeChunk(); chunk < _chunkCount; chunk = TakeChunk())
                _work!.Execute((int)chunk, worker);
        }
#pragma warning disable CA1031 // Whatever a chunk throws is carried over to the caller, which rethrows it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            Volatile.Write(ref _shared.NextChunk, _chunkCount);
        }
    }

    /// <summary>Leaves a joined region; the last one out wakes a caller that waits for it.</summary>
    public void Leave()
    {
        long state = Interlocked.Decrement(ref _shared.State);
        if ((state & (OpenFlag | JoinedMask)) == 0 && Interlocked.Exchange(ref _callerParked, 0) == 1)
            _allLeft.Release();
    }

    /// <summary>Admits no more threads, waits until all that joined have left, and rethrows what a chunk threw.</summary>
    public void Close()
    {
        Interlocked.And(ref _shared.State, ~OpenFlag);
        WaitUntilAllLeft();
        _work = null;
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>Frees the signal, after all threads have ended.</summary>
    public void Dispose() => _allLeft.Dispose();

    /// <summary>Tells the threads to end. No region may be open.</summary>
    public void Stop() => Interlocked.Or(ref _shared.State, StopFlag);

    private long TakeChunk() => Interlocked.Increment(ref _shared.NextChunk) - 1;

    private void WaitUntilAllLeft()
    {
        for (int spin = 0; spin < CloseSpins; spin++)
        {
            if ((Volatile.Read(ref _shared.State) & JoinedMask) == 0)
                return;
            Thread.SpinWait(4);
        }
        // Announce first, look again second; Leave does it the other way round, so one of the two always notices.
        Interlocked.Exchange(ref _callerParked, 1);
        if ((Volatile.Read(ref _shared.State) & JoinedMask) == 0 && Interlocked.Exchange(ref _callerParked, 0) == 1)
            return;
        _allLeft.Wait();
    }

    // The two words that all threads write are kept on cache lines of their own (128 bytes: processors fetch lines in pairs).
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Shared
    {
        [FieldOffset(128)]
        public long State;

        [FieldOffset(256)]
        public long NextChunk;
    }
}
