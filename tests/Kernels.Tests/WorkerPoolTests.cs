using System.Diagnostics;

namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed class WorkerPoolTests
{
    private static IEnumerable<object[]> ThreadCounts => new[] { 1, 2, 3, 8 }.Select(count => new object[] { count });

    [TestMethod]
    [DynamicData(nameof(ThreadCounts))]
    public void Run_AnyChunkCount_ExecutesEachChunkOnce(int threads)
    {
        using WorkerPool pool = new(threads);
        foreach (int chunks in new[] { 0, 1, 2, 7, 1000 })
        {
            int[] executed = new int[chunks];
            pool.Run(new Work((chunk, worker) =>
            {
                Interlocked.Increment(ref executed[chunk]);
                Assert.IsInRange(0, threads - 1, worker);
            }), chunks);
            Assert.IsTrue(executed.All(count => count == 1), $"{chunks} chunks");
        }
    }

    [TestMethod]
    public void Run_BlockedChunks_RunOnAllThreadsWithWorkersOfTheirOwn()
    {
        const int threads = 4;
        using WorkerPool pool = new(threads);
        using Barrier barrier = new(threads);
        int[] owner = new int[threads];
        // Each chunk waits for the others: they only finish if four threads take one each.
        pool.Run(new Work((_, worker) =>
        {
            Assert.IsTrue(barrier.SignalAndWait(TimeSpan.FromSeconds(30)), "not all threads took part");
            Assert.AreEqual(0, Interlocked.CompareExchange(ref owner[worker], Environment.CurrentManagedThreadId, 0));
        }), threads);
        Assert.AreEqual(threads, owner.Distinct().Count());
        Assert.Contains(Environment.CurrentManagedThreadId, owner, "the caller takes part");
    }

    [TestMethod]
    [DynamicData(nameof(ThreadCounts))]
    public void Run_ChunkThrows_RethrowsAfterAllHaveStopped(int threads)
    {
        using WorkerPool pool = new(threads);
        for (int round = 0; round < 50; round++)
        {
            int running = 0;
            FormatException exception = Assert.ThrowsExactly<FormatException>(() => pool.Run(new Work((chunk, _) =>
            {
                Interlocked.Increment(ref running);
                try
                {
                    if (chunk == 5)
                        throw new FormatException("chunk 5");
                    Thread.SpinWait(200);
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            }), 64));
            Assert.AreEqual("chunk 5", exception.Message);
            Assert.AreEqual(0, Volatile.Read(ref running), "chunks still run after Run has returned");
        }
        int executed = 0;
        pool.Run(new Work((_, _) => Interlocked.Increment(ref executed)), 10);
        Assert.AreEqual(10, executed, "the pool works on after a failure");
    }

    [TestMethod]
    [DynamicData(nameof(ThreadCounts))]
    public void Run_InsideAChunk_ExecutesInlineWithTheSameWorker(int threads)
    {
        using WorkerPool pool = new(threads);
        int executed = 0;
        pool.Run(new Work((_, outer) =>
        {
            int thread = Environment.CurrentManagedThreadId;
            pool.Run(new Work((_, inner) =>
            {
                Interlocked.Increment(ref executed);
                Assert.AreEqual(outer, inner);
                Assert.AreEqual(thread, Environment.CurrentManagedThreadId);
            }), 5);
        }), 20);
        Assert.AreEqual(100, executed);
    }

    [TestMethod]
    public void Run_FromSeveralThreads_TakesTurns()
    {
        using WorkerPool pool = new(3);
        int inside = 0, executed = 0;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (int round = 0; round < 200; round++)
            {
                StrongBox region = new();
                pool.Run(new Work((_, worker) =>
                {
                    if (worker == 0 && Interlocked.Increment(ref inside) != 1)
                        throw new InvalidOperationException("two regions at the same time");
                    Interlocked.Increment(ref executed);
                    Interlocked.Increment(ref region.Count);
                    if (worker == 0)
                        Interlocked.Decrement(ref inside);
                }), 6);
                Assert.AreEqual(6, region.Count);
            }
        });
        Assert.AreEqual(4 * 200 * 6, executed);
    }

    [TestMethod]
    public void Run_ManyShortRegionsWithPauses_LosesNone()
    {
        using WorkerPool pool = new(4);
        long executed = 0;
        Work work = new((_, _) => Interlocked.Increment(ref executed));
        Random random = new(1);
        for (int round = 1; round <= 5000; round++)
        {
            pool.Run(work, 8);
            Assert.AreEqual(8L * round, Volatile.Read(ref executed));
            // Now and then long enough for the threads to park, mostly not.
            if (random.Next(50) == 0)
                Thread.Sleep(1);
            else
                Thread.SpinWait(random.Next(300));
        }
    }

    [TestMethod]
    public void Run_ManyRegions_AllocatesNothing()
    {
        using WorkerPool pool = new(3);
        Work work = new((_, _) => Thread.SpinWait(10));
        for (int round = 0; round < 50; round++)
            pool.Run(work, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
            pool.Run(work, 8);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Dispose_ParkedOrSpinningThreads_EndsThemAndRefusesWork()
    {
        foreach (int pause in new[] { 0, 5 })
        {
            WorkerPool pool = new(4);
            HashSet<Thread> threads = [];
            for (int round = 0; round < 200 && threads.Count < 4; round++)
                pool.Run(new Work((_, _) =>
                {
                    lock (threads)
                        threads.Add(Thread.CurrentThread);
                    Thread.Sleep(1);
                }), 8);
            Thread.Sleep(pause);
            pool.Dispose();
            pool.Dispose();
            threads.Remove(Thread.CurrentThread);
            Assert.IsNotEmpty(threads);
            Assert.IsTrue(threads.All(thread => !thread.IsAlive), "threads run on after Dispose");
            Assert.ThrowsExactly<ObjectDisposedException>(() => pool.Run(new Work((_, _) => { }), 1));
        }
    }

    [TestMethod]
    public void Dispose_InsideAChunk_Throws()
    {
        using WorkerPool pool = new(2);
        Assert.ThrowsExactly<InvalidOperationException>(() => pool.Run(new Work((_, _) => pool.Dispose()), 4));
    }

    [TestMethod]
    public void WorkerPool_IdleAfterWork_TakesNoProcessorTime()
    {
        using WorkerPool pool = new(4);
        pool.Run(new Work((_, _) => Thread.SpinWait(1000)), 16);
        Thread.Sleep(50);
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        Thread.Sleep(300);
        process.Refresh();
        // Three threads that spun all the time would take up to 900 ms, and 300 ms on one core.
        Assert.IsLessThan(200, (process.TotalProcessorTime - before).TotalMilliseconds);
    }

    [TestMethod]
    public void Members_ArgumentsOutOfRange_Throw()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new WorkerPool(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new WorkerPool(1025));
        using WorkerPool pool = new(1);
        Assert.ThrowsExactly<ArgumentNullException>(() => pool.Run(null!, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => pool.Run(new Work((_, _) => { }), -1));
    }

    private sealed class Work(Action<int, int> body) : ParallelWork
    {
        public override void Execute(int chunk, int worker) => body(chunk, worker);
    }

    private sealed class StrongBox
    {
        public int Count;
    }
}
