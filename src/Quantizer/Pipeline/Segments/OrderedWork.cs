namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Runs items on several threads and hands the results to one consumer in the order of the items, with bounded memory in between.</summary>
internal static class OrderedWork
{
    /// <summary>Runs everything. The consumer is called on the calling thread. The first failure in item order is thrown, after all threads have stopped.</summary>
    /// <param name="items">The items.</param>
    /// <param name="threadCount">Threads that work; 1 works on the calling thread.</param>
    /// <param name="memoryLimit">Items start while the costs of those begun but not consumed stay below this; one item always may.</param>
    /// <param name="cost">Bytes an item needs until it is consumed.</param>
    /// <param name="work">Makes the result of an item; called concurrently.</param>
    /// <param name="consume">Takes a result.</param>
    /// <param name="cancellationToken">Stops after the items that are being worked on; these should look at it too.</param>
    public static void Run<TItem, TResult>(
        IReadOnlyList<TItem> items, int threadCount, long memoryLimit, Func<TItem, long> cost,
        Func<TItem, CancellationToken, TResult> work, Action<TItem, TResult> consume, CancellationToken cancellationToken)
    {
        if (threadCount == 1)
        {
            foreach (TItem item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                consume(item, work(item, cancellationToken));
            }

            return;
        }

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        OrderedQueue<TItem, TResult> queue = new(items, memoryLimit, cost, work);
        using CancellationTokenRegistration wake = stop.Token.Register(queue.Stop);
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(threadCount, items.Count)).Select(i => new Thread(() => queue.Work(stop.Token)) { IsBackground = true, Name = $"quantize {i}" })];
        foreach (Thread thread in threads)
            thread.Start();
        try
        {
            for (int i = 0; i < items.Count; i++)
            {
                consume(items[i], queue.Take(i, cancellationToken));
                queue.Release(i);
            }
        }
        finally
        {
            stop.Cancel();
            foreach (Thread thread in threads)
                thread.Join();
        }
    }
}
