using System.Runtime.ExceptionServices;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>The state that the threads of <see cref="OrderedWork"/> share: items are begun in order, results wait for their turn.</summary>
internal sealed class OrderedQueue<TItem, TResult>(IReadOnlyList<TItem> items, long memoryLimit, Func<TItem, long> cost, Func<TItem, CancellationToken, TResult> work)
{
    private readonly object _gate = new();
    private readonly Dictionary<int, (TResult? Result, Exception? Failure)> _done = [];
    private int _next;
    private long _held;
    private bool _stopped;

    /// <summary>Works on items until none is left or <see cref="Stop"/> was called.</summary>
    public void Work(CancellationToken cancellationToken)
    {
        while (TryBegin(out int index))
        {
            (TResult? Result, Exception? Failure) outcome;
            try
            {
                outcome = (work(items[index], cancellationToken), null);
            }
            catch (Exception failure)
            {
                // Thrown again by Take when its turn comes, so that the same failure is reported whatever the number of threads.
                outcome = (default, failure);
            }

            lock (_gate)
            {
                _done.Add(index, outcome);
                Monitor.PulseAll(_gate);
            }

            if (outcome.Failure is not null)
                return;
        }
    }

    /// <summary>Waits for the result of an item.</summary>
    public TResult Take(int index, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            (TResult? Result, Exception? Failure) outcome;
            while (!_done.Remove(index, out outcome))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }

            if (outcome.Failure is not null)
                ExceptionDispatchInfo.Throw(outcome.Failure);
            return outcome.Result!;
        }
    }

    /// <summary>Says that the result of an item is no longer in memory.</summary>
    public void Release(int index)
    {
        lock (_gate)
        {
            _held -= cost(items[index]);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets no further item begin and wakes everyone who waits.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool TryBegin(out int index)
    {
        lock (_gate)
        {
            while (!_stopped && _next < items.Count && _held > 0 && _held + cost(items[_next]) > memoryLimit)
                Monitor.Wait(_gate);
            index = _next;
            if (_stopped || _next == items.Count)
                return false;
            _next++;
            _held += cost(items[index]);
            return true;
        }
    }
}
