using System.IO.Compression;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests.Feed;

/// <summary>A folder with this checkout's packages and nothing else, outside the checkout; packed once per test run.</summary>
internal static class PackageFeed
{
    // artifacts/bin/Package.Tests/release/ → Release
    private static readonly string Configuration =
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)) == "release" ? "Release" : "Debug";

    private static readonly Lock PackLock = new();

    private static readonly Lazy<TemporaryFolder> Created = new(Create);

    /// <summary>The folder with the .nupkg files; also a package source.</summary>
    public static string Folder => Created.Value.File("feed");

    /// <summary>Where consumers unpack packages: empty at the start, so that nothing stale is used.</summary>
    public static string UnpackedPackages => Created.Value.File("packages");

    /// <summary>What restoring has left on this machine; consumers use it in place, so that they need no network.</summary>
    public static string MachinePackages { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } path
        ? path
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The version of all packages.</summary>
    public static string Version => Path.GetFileNameWithoutExtension(FileOf("MoEQuant.Build"))["MoEQuant.Build.".Length..];

    /// <summary>The file of a package.</summary>
    public static string FileOf(string id) => Directory.GetFiles(Folder, id + ".*.nupkg").Single(file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1]));

    /// <summary>Opens a package.</summary>
    public static ZipArchive Open(string id) => ZipFile.OpenRead(FileOf(id));

    /// <summary>Packs into any folder, without the projects that give no package; returns what it said.</summary>
    public static string Pack(string folder, params string[] properties) => Run(
        ["msbuild", Path.Combine(RepositoryPaths.Root, "tests", "Package.Tests", "Feed", "Pack.proj"), $"-p:Configuration={Configuration}", $"-p:PackageOutputPath={folder}", .. properties]);

    /// <summary>Deletes the folder.</summary>
    public static void Delete()
    {
        if (Created.IsValueCreated)
            Created.Value.Dispose();
    }

    private static TemporaryFolder Create()
    {
        Assert.IsEmpty(
            Directory.Exists(MachinePackages) ? Directory.GetDirectories(MachinePackages, "moequant*") : [],
            "These would be used instead of the packages under test: delete them.");
        TemporaryFolder folder = new();
        // README.md's command, for what is built already.
        Run("pack", "-c", Configuration, "--no-build", "-o", folder.File("feed"));
        return folder;
    }

    private static string Run(params ReadOnlySpan<string> arguments)
    {
        // All packing works in the same intermediate folders.
        lock (PackLock)
        {
            ProcessResult result = ChildProcess.Run(
                ChildProcess.DotNetHost, [.. arguments, "-nodeReuse:false", "-tl:off"], RepositoryPaths.Root, Consumer.ConsumerFolder.Environment, TimeSpan.FromMinutes(10));
            Assert.AreEqual(0, result.ExitCode, result.Output);
            return result.Output;
        }
    }
}
