using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests.Consumer;

/// <summary>Makes a folder read-only for everybody, root included where this process may mount; on Windows nothing.</summary>
internal sealed class ReadOnlySources : IDisposable
{
    private readonly string _folder;
    private readonly bool _mounted;

    public ReadOnlySources(string folder)
    {
        _folder = folder;
        SetWritable(false);
        _mounted = OperatingSystem.IsLinux() && Run("mount", "--bind", folder, folder) && Run("mount", "-o", "remount,ro,bind", folder);
    }

    public void Dispose()
    {
        Assert.IsTrue(!_mounted || Run("umount", _folder), $"{_folder} is in use.");
        SetWritable(true);
    }

    private static bool Run(string program, params string[] arguments) => ChildProcess.Run(program, arguments, "/", null, TimeSpan.FromMinutes(1)).ExitCode == 0;

    private void SetWritable(bool writable) => Assert.IsTrue(OperatingSystem.IsWindows() || Run("chmod", "-R", writable ? "u+w" : "a-w", _folder));
}
