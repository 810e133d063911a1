using System.Globalization;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.TestSupport;

/// <summary>A disk of a chosen size, in memory: Linux, for a process that may mount. Elsewhere the test is skipped.</summary>
public sealed class SmallDisk : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    /// <summary>Mounts an empty disk.</summary>
    /// <param name="bytes">What fits; rounded up to pages of 4,096.</param>
    public SmallDisk(long bytes)
    {
        Path = _folder.File("disk");
        Directory.CreateDirectory(Path);
        if (OperatingSystem.IsLinux() && TryRun("mount", "-t", "tmpfs", "-o", $"size={Text(bytes)}", "tmpfs", Path))
            return;
        _folder.Dispose();
        Assert.Inconclusive("Skipped: mounting a small disk takes Linux and rights that this process does not have.");
    }

    /// <summary>The disk's root folder.</summary>
    public string Path { get; }

    /// <summary>Bytes in use.</summary>
    public long UsedBytes
    {
        get
        {
            DriveInfo drive = new(Path);
            return drive.TotalSize - drive.TotalFreeSpace;
        }
    }

    /// <summary>Changes the size; at least what is in use.</summary>
    public void Resize(long bytes) => Remount($"size={Text(bytes)}");

    /// <summary>Allows no more writing, not even to root.</summary>
    public void MakeReadOnly() => Remount("ro");

    /// <summary>Unmounts; fails if a process still works on the disk.</summary>
    public void Dispose()
    {
        Assert.IsTrue(TryRun("umount", Path), $"{Path} is in use.");
        _folder.Dispose();
    }

    private static string Text(long bytes) => bytes.ToString(CultureInfo.InvariantCulture);

    private static bool TryRun(string program, params string[] arguments) => ChildProcess.Run(program, arguments, "/", null, Patience).ExitCode == 0;

    private void Remount(string option) => Assert.IsTrue(TryRun("mount", "-o", "remount," + option, Path), option);
}
