namespace MoEQuant.Kernels.Devices;

/// <summary>A row-major matrix without gaps somewhere in a buffer: what operations read and write.</summary>
public readonly struct DeviceRows
{
    /// <summary>Names a part of a buffer.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="start">Its first number that belongs to the matrix.</param>
    /// <param name="count">Rows, at least 1.</param>
    /// <param name="columns">Numbers per row, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range, or the buffer is shorter.</exception>
    public DeviceRows(DeviceBuffer buffer, long start, int count, int columns)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * columns, buffer.Length - start, nameof(count));
        Buffer = buffer;
        Start = start;
        Count = count;
        Columns = columns;
    }

    /// <summary>The buffer.</summary>
    public DeviceBuffer Buffer { get; }

    /// <summary>The buffer's first number that belongs to the matrix.</summary>
    public long Start { get; }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Numbers per row.</summary>
    public int Columns { get; }

    /// <summary>Numbers altogether.</summary>
    public long Length => (long)Count * Columns;

    /// <summary>Some of the rows.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer rows.</exception>
    public DeviceRows Slice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - first);
        return new DeviceRows(Buffer, Start + ((long)first * Columns), count, Columns);
    }
}
