namespace MoEQuant.TestSupport.Memory;

/// <summary>
/// Native memory with an inaccessible page directly in front of it (rounded down to a page) and directly behind its last byte: a read or write beyond the end ends the process,
/// which no test survives unnoticed.
/// </summary>
public sealed unsafe class GuardedMemory : IDisposable
{
    private readonly byte* _reserved;
    private readonly nuint _reservedBytes;

    /// <summary>Allocates zeroed memory.</summary>
    /// <param name="length">Bytes; the address is as (un)aligned as the length makes it, because the end touches the guard page.</param>
    public GuardedMemory(long length)
    {
        long page = PageProtection.PageSize;
        long usable = (length + page - 1) / page * page;
        _reservedBytes = (nuint)(usable + (2 * page));
        _reserved = PageProtection.Allocate(_reservedBytes);
        PageProtection.Forbid(_reserved, (nuint)page);
        PageProtection.Forbid(_reserved + page + usable, (nuint)page);
        Pointer = _reserved + page + usable - length;
        Length = length;
    }

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>All bytes.</summary>
    public Span<byte> Span => new(Pointer, checked((int)Length));

    /// <summary>A guarded copy.</summary>
    public static GuardedMemory Copy(ReadOnlySpan<byte> bytes)
    {
        GuardedMemory memory = new(bytes.Length);
        bytes.CopyTo(memory.Span);
        return memory;
    }

    /// <summary>Makes all pages that lie wholly within a range inaccessible.</summary>
    /// <returns>How many bytes became inaccessible.</returns>
    public long Forbid(long offset, long length)
    {
        nint page = PageProtection.PageSize;
        nint first = ((nint)(Pointer + offset) + page - 1) / page * page;
        nint end = (nint)(Pointer + offset + length) / page * page;
        if (end <= first)
            return 0;
        PageProtection.Forbid((byte*)first, (nuint)(end - first));
        return end - first;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => PageProtection.Free(_reserved, _reservedBytes);
}
