using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MoEQuant.TestSupport.Memory;

/// <summary>The operating system's page calls.</summary>
internal static unsafe partial class PageProtection
{
    private const uint CommitAndReserve = 0x3000;
    private const uint Release = 0x8000;
    private const uint WindowsReadWrite = 4;
    private const uint WindowsNoAccess = 1;
    private const int ReadWrite = 3;
    private const int Private = 2;

    public static int PageSize => Environment.SystemPageSize;

    private static int Anonymous => OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    public static byte* Allocate(nuint bytes)
    {
        void* memory = OperatingSystem.IsWindows()
            ? VirtualAlloc(null, bytes, CommitAndReserve, WindowsReadWrite)
            : MemoryMap(null, bytes, ReadWrite, Private | Anonymous, -1, 0);
        return memory == null || (nint)memory == -1 ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : (byte*)memory;
    }

    public static void Forbid(byte* start, nuint bytes)
    {
        bool done = OperatingSystem.IsWindows()
            ? VirtualProtect(start, bytes, WindowsNoAccess, out _) != 0
            : MemoryProtect(start, bytes, 0) == 0;
        if (!done)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public static void Free(byte* start, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            _ = VirtualFree(start, 0, Release);
        else
            _ = MemoryUnmap(start, bytes);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MemoryMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MemoryUnmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MemoryProtect(void* address, nuint length, int protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(void* address, nuint size, uint protection, out uint previous);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
