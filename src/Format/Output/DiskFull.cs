namespace MoEQuant.Format;

/// <summary>Tells a full volume from other failures: .NET has no exception type for it.</summary>
internal static class DiskFull
{
    private const int ErrorHandleDiskFull = 39;
    private const int ErrorDiskFull = 112;
    private const int NoSpace = 28;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededApple = 69;

    public static bool Is(Exception cause) => OperatingSystem.IsWindows()
        ? (cause.HResult & 0xFFFF) is ErrorHandleDiskFull or ErrorDiskFull
        : cause.HResult is NoSpace or QuotaExceededLinux or QuotaExceededApple;
}
