namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>A four-way heap of merge candidates in memory that the caller lends; the earliest comes out first.</summary>
/// <param name="storage">Room for every candidate that is ever in the queue at once.</param>
internal ref struct MergeQueue(Span<MergeCandidate> storage)
{
    private readonly Span<MergeCandidate> _heap = storage;
    private int _count;

    public void Push(MergeCandidate candidate)
    {
        int hole = _count++;
        while (hole > 0)
        {
            int parent = (hole - 1) >> 2;
            if (_heap[parent].Order <= candidate.Order)
                break;
            _heap[hole] = _heap[parent];
            hole = parent;
        }
        _heap[hole] = candidate;
    }

    public bool TryPop(out MergeCandidate first)
    {
        if (_count == 0)
        {
            first = default;
            return false;
        }
        first = _heap[0];
        MergeCandidate last = _heap[--_count];
        int hole = 0;
        while (true)
        {
            int child = (hole << 2) + 1;
            if (child >= _count)
                break;
            int least = child;
            int end = Math.Min(child + 4, _count);
            for (int i = child + 1; i < end; i++)
                if (_heap[i].Order < _heap[least].Order)
                    least = i;
            if (_heap[least].Order >= last.Order)
                break;
            _heap[hole] = _heap[least];
            hole = least;
        }
        if (_count > 0)
            _heap[hole] = last;
        return true;
    }
}
