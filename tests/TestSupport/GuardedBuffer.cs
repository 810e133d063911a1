using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MoEQuant.TestSupport;

/// <summary>Memory that ends exactly where a page begins that nobody may touch: reading or writing one byte too far ends the process at once.</summary>
public sealed unsafe partial class GuardedBuffer : IDisposable
{
    private readonly nuint mappedLength;
    private byte* mapping;

    /// <summary>Maps zeroed memory.</summary>
    /// <param name="length">Bytes in front of the guard page.</param>
    public GuardedBuffer(int length)
    {
        int page = Environment.SystemPageSize;
        nuint usable = (nuint)((length + page - 1) / page * page);
        mappedLength = usable + (nuint)page;
        mapping = (byte*)Map(mappedLength);
        Protect((nint)(mapping + usable), (nuint)page);
        Pointer = mapping + usable - length;
        Length = length;
    }

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>Bytes in front of the guard page.</summary>
    public int Length { get; }

    /// <summary>Maps a copy of some values.</summary>
    public static GuardedBuffer CopyOf<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        GuardedBuffer buffer = new(values.Length * sizeof(T));
        values.CopyTo(buffer.Span<T>());
        return buffer;
    }

    /// <summary>The bytes as values.</summary>
    public Span<T> Span<T>()
        where T : unmanaged =>
        new(Pointer, Length / sizeof(T));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (mapping is null)
            return;
        if (OperatingSystem.IsWindows())
            _ = VirtualFree((nint)mapping, 0, 0x8000);
        else
            _ = munmap((nint)mapping, mappedLength);
        mapping = null;
    }

    private static nint Map(nuint length)
    {
        const int readWrite = 3, privateMapping = 2;
        int anonymous = OperatingSystem.IsLinux() ? 0x20 : 0x1000;
        nint address = OperatingSystem.IsWindows()
            ? VirtualAlloc(0, length, 0x3000, 0x04)
            : mmap(0, length, readWrite, privateMapping | anonymous, -1, 0);
        return address is 0 or -1 ? throw new Win32Exception() : address;
    }

    private static void Protect(nint address, nuint length)
    {
        bool done = OperatingSystem.IsWindows() ? VirtualProtect(address, length, 0x01, out _) != 0 : mprotect(address, length, 0) == 0;
        if (!done)
            throw new Win32Exception();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(nint address, nuint size, uint protection, out uint oldProtection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(nint address, nuint size, uint type);
}
