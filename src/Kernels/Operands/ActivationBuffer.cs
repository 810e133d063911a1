using System.Runtime.InteropServices;

namespace MoEQuant.Kernels;

/// <summary>Owns the memory of a batch of input vectors and prepares it for kernels.</summary>
/// <remarks>Use: <see cref="Reset"/>, fill every <see cref="Row"/>, <see cref="Complete()"/>. Nothing is allocated after construction. Not
/// thread-safe.
/// There is no finalizer on purpose: a batch is plain pointers, so the collector could free the memory while a kernel reads it. A buffer
/// that is not disposed leaks.</remarks>
public sealed unsafe class ActivationBuffer : IDisposable
{
    private readonly int _maxTokens;
    private readonly int _maxColumns;
    private float* _values;
    private float* _groupSums;
    private int _count;
    private int _columns;
    private int _stride;

    /// <summary>Allocates room for a batch.</summary>
    /// <param name="maxTokens">Most tokens, at least 1.</param>
    /// <param name="maxColumns">Most values per token, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public ActivationBuffer(int maxTokens, int maxColumns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxColumns, 1);
        _maxTokens = maxTokens;
        _maxColumns = maxColumns;
        nuint capacity = checked((nuint)maxTokens * (nuint)StrideFor(maxColumns) * sizeof(float));
        _values = (float*)NativeMemory.AlignedAlloc(capacity, 64);
        _groupSums = (float*)NativeMemory.AlignedAlloc(capacity / ActivationBlock.SumGroup, 64);
        Reset(0, maxColumns);
    }

    /// <summary>Starts a new batch. Values left from the last one are undefined.</summary>
    /// <param name="count">Tokens, 0 up to the number given at construction.</param>
    /// <param name="columns">Values per token, 1 up to the number given at construction.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public void Reset(int count, int columns)
    {
        ObjectDisposedException.ThrowIf(_values is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _maxTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, _maxColumns);
        _count = count;
        _columns = columns;
        _stride = StrideFor(columns);
    }

    /// <summary>The values of one token, to be filled by the caller. Valid until <see cref="Reset"/> or <see cref="Dispose"/>.</summary>
    /// <param name="token">The token, 0..count − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Span<float> Row(int token)
    {
        ObjectDisposedException.ThrowIf(_values is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, _count);
        return new Span<float>(_values + (long)token * _stride, _columns);
    }

    /// <summary>The batch as it is: complete when <see cref="Complete(int, int)"/> was called for all of its tokens. Valid until <see cref="Reset"/> or <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public ActivationBlock Block
    {
        get
        {
            ObjectDisposedException.ThrowIf(_values is null, this);
            return new ActivationBlock(_values, _groupSums, _count, _columns, _stride);
        }
    }

    /// <summary>Pads every token with zeros, computes the group sums and returns the batch. Valid until <see cref="Reset"/> or
    /// <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public ActivationBlock Complete()
    {
        Complete(0, _count);
        return Block;
    }

    /// <summary>Pads the tokens [firstToken, endToken) with zeros and computes their group sums. Different tokens may be completed by different threads at once.</summary>
    /// <param name="firstToken">First token.</param>
    /// <param name="endToken">Token after the last one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such tokens.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public void Complete(int firstToken, int endToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstToken);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endToken, _count);
        ActivationBlock block = Block;
        for (int token = firstToken; token < endToken; token++)
            new Span<float>(_values + (long)token * _stride + _columns, _stride - _columns).Clear();
        block.ComputeGroupSums(firstToken, endToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_values);
        NativeMemory.AlignedFree(_groupSums);
        _values = null;
        _groupSums = null;
    }

    // A stride that is a multiple of 4 KiB would put all tokens into the same few cache sets: the batch kernels read the same column of
    // many tokens.
    private static int StrideFor(int columns)
    {
        int stride = checked((columns + ActivationBlock.StrideUnit - 1) / ActivationBlock.StrideUnit * ActivationBlock.StrideUnit);
        return stride % 1024 == 0 ? checked(stride + ActivationBlock.StrideUnit) : stride;
    }
}
