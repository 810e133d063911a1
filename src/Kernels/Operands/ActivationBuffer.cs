using System.Runtime.InteropServices;

namespace MoEQuant.Kernels;

/// <summary>Owns the memory of a batch of input vectors and prepares it for kernels.</summary>
/// <remarks>Use: <see cref="Reset"/>, fill every <see cref="Row"/>, <see cref="Complete"/>. Nothing is allocated after construction. Not
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

    /// <summary>Pads every token with zeros, computes the group sums and returns the batch. Valid until <see cref="Reset"/> or
    /// <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public ActivationBlock Complete()
    {
        ObjectDisposedException.ThrowIf(_values is null, this);
        for (int token = 0; token < _count; token++)
        {
            float* row = _values + (long)token * _stride;
            new Span<float>(row + _columns, _stride - _columns).Clear();
        }
        ActivationBlock block = new(_values, _groupSums, _count, _columns, _stride);
        block.ComputeGroupSums(0, _count);
        return block;
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
