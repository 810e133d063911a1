using System.Runtime.InteropServices;

namespace MoEQuant.Format;

/// <summary>Hints to the operating system about mapped memory. Where there are none, nothing happens.</summary>
internal static unsafe partial class MemoryAdvice
{
    private const int DontNeed = 4;

    /// <summary>Takes whole pages of a read-only file mapping out of the process. They stay in the system's file cache, and come back from there when they are touched.</summary>
    public static void Evict(byte* pointer, long length)
    {
        if (!OperatingSystem.IsLinux())
            return;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint start = ((nuint)pointer + page - 1) / page * page, end = ((nuint)pointer + (nuint)length) / page * page;
        // A hint: what it returns does not matter.
        if (start < end)
            _ = Advise((void*)start, end - start, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
