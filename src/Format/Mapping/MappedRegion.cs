namespace MoEQuant.Format;

/// <summary>Read-only bytes at an address that stays the same until <see cref="Dispose"/>: a mapped file, a manifest resource, or foreign memory.</summary>
/// <remarks>
/// Every access states offset and length and is checked against the region, in Release builds too. Instances may be read from many threads at once.
/// Whoever disposes a region must know that no pointer or span taken from it is still in use; asking a disposed region gives <see cref="ObjectDisposedException"/>.
/// The mapped file must not be shortened while it is open: the operating system ends a process that reads a page which the file no longer has.
/// </remarks>
public sealed unsafe class MappedRegion : IDisposable
{
    private readonly byte* _pointer;
    private readonly IDisposable? _owner;
    private int _disposed;

    private MappedRegion(byte* pointer, long length, IDisposable? owner, string? path)
    {
        _pointer = pointer;
        _owner = owner;
        Length = length;
        Path = path;
    }

    /// <summary>The mapped file as it was named to <see cref="OpenFile"/>, or null for other memory.</summary>
    public string? Path { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>Maps a file for reading. Nothing is read until it is touched.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ1001 missing, MOEQ1002 a folder, MOEQ1003 not readable, MOEQ1004 empty.</exception>
    public static MappedRegion OpenFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileMapping mapping = FileMapping.Open(path);
        return new MappedRegion(mapping.Pointer, mapping.Length, mapping, path);
    }

    /// <summary>Uses the memory behind a stream, as <see cref="System.Reflection.Assembly.GetManifestResourceStream(string)"/> returns it, without a copy.</summary>
    /// <param name="stream">The stream over memory at a fixed address. The region owns it from here on and disposes it; its position does not matter.</param>
    /// <exception cref="ArgumentException">The stream is backed by a <see cref="System.Runtime.InteropServices.SafeBuffer"/>, which has no fixed pointer to give.</exception>
    public static MappedRegion FromStream(UnmanagedMemoryStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long position = stream.Position;
        try
        {
            stream.Position = 0;
            byte* pointer = stream.PositionPointer;
            return new MappedRegion(pointer, stream.Length, stream, path: null);
        }
        catch (NotSupportedException cause)
        {
            throw new ArgumentException("The stream must stand over memory at a fixed address, not over a SafeBuffer.", nameof(stream), cause);
        }
        finally
        {
            stream.Position = position;
        }
    }

    /// <summary>Uses memory that somebody else provides.</summary>
    /// <param name="pointer">The first byte; readable for <paramref name="length"/> bytes until the region is disposed.</param>
    /// <param name="length">The number of bytes, 0 or more.</param>
    /// <param name="owner">Disposed together with the region, or null.</param>
    public static MappedRegion FromMemory(byte* pointer, long length, IDisposable? owner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (pointer == null && length > 0)
            throw new ArgumentNullException(nameof(pointer));
        return new MappedRegion(pointer, length, owner, path: null);
    }

    /// <summary>The address of <paramref name="length"/> bytes from <paramref name="offset"/> on.</summary>
    /// <param name="offset">From the start of the region, 0 … <see cref="Length"/>.</param>
    /// <param name="length">How many bytes the caller is going to read; may be 0 at the end of the region.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the region.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public byte* Pointer(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        // Unsigned comparisons refuse negative values as well, and Length - offset cannot overflow once offset is known to be within.
        if ((ulong)offset > (ulong)Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The region has {Length} bytes.");
        if ((ulong)length > (ulong)(Length - offset))
            throw new ArgumentOutOfRangeException(nameof(length), length, $"Only {Length - offset} bytes follow offset {offset}.");
        return _pointer + offset;
    }

    /// <summary>The same as <see cref="Pointer"/>, as a span. It must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="offset">From the start of the region.</param>
    /// <param name="length">The number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the region.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public ReadOnlySpan<byte> Span(long offset, int length) => new(Pointer(offset, length), length);

    /// <summary>
    /// Says that bytes of a mapped file will not be read soon: they no longer count as memory of this process where the system knows how (Linux). Reading them again is allowed and fetches them from
    /// the system's file cache or the disk. Without effect on other memory.
    /// </summary>
    /// <param name="offset">From the start of the region.</param>
    /// <param name="length">The number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the region.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public void Evict(long offset, long length)
    {
        byte* pointer = Pointer(offset, length);
        if (_owner is FileMapping)
            MemoryAdvice.Evict(pointer, length);
    }

    /// <summary>Releases the mapping, the stream or the foreign memory. May be called more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _owner?.Dispose();
    }
}
