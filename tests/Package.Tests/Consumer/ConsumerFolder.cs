using MoEQuant.Package.Tests.Feed;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests.Consumer;

/// <summary>A user's folder outside the checkout, with one or more projects that reference the packages.</summary>
internal sealed class ConsumerFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private readonly TemporaryFolder _temporary = new();

    /// <summary>Copies a folder of Consumers and puts the sample checkpoint into it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folderName">The name of the copy, if the test is about paths.</param>
    /// <param name="model">Where the checkpoint goes, relative to the copy.</param>
    public ConsumerFolder(string name, string folderName = "consumer", string model = "models/tiny-olmoe")
    {
        Folder = Path.Combine(_temporary.Path, folderName);
        CopyFolder(Path.Combine(RepositoryPaths.Root, "tests", "Package.Tests", "Consumers", name), Folder);
        CopyFolder(RepositoryPaths.SampleCheckpoint, Path.Combine(Folder, model));
        // MSBuild, NuGet and the SDK search upwards for these; they end the search here.
        foreach (string file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            if (!File.Exists(PathOf(file)))
                File.WriteAllText(PathOf(file), "<Project />");
        File.Copy(Path.Combine(RepositoryPaths.Root, "global.json"), PathOf("global.json"));
        File.WriteAllText(PathOf("nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{PackageFeed.Folder}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{PackageFeed.MachinePackages}" /></fallbackPackageFolders>
            </configuration>
            """);
        foreach (string project in Directory.GetFiles(Folder, "*.csproj", SearchOption.AllDirectories))
            File.WriteAllText(project, File.ReadAllText(project).Replace("$PACKAGE_VERSION", PackageFeed.Version, StringComparison.Ordinal));
    }

    /// <summary>What a user's shell has, and what the surrounding <c>dotnet test</c> leaves for its children has not; no server and no build node outlives a test.</summary>
    public static Dictionary<string, string?> Environment => new()
    {
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_NOLOGO"] = "1",
        // Every build does its own work, and none leaves something in the user's folders.
        ["MoEQuantCache"] = "false",
        ["UseSharedCompilation"] = "false",
        ["MSBUILD_EXE_PATH"] = null,
        ["MSBuildSDKsPath"] = null,
        ["MSBuildExtensionsPath"] = null,
        ["MSBuildLoadMicrosoftTargetsReadOnly"] = null,
        ["DOTNET_HOST_PATH"] = null,
        ["CI"] = null,
    };

    public string Folder { get; }

    /// <summary>Environment variables of this consumer's builds, besides <see cref="Environment"/>.</summary>
    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>Where packages are unpacked; shared by all consumers unless a test changes packages.</summary>
    public string UnpackedPackages { get; init; } = PackageFeed.UnpackedPackages;

    // Beside the folder: builds of a folder that nobody may write are under test.
    private string BinaryLog => Path.Combine(_temporary.Path, "msbuild.binlog");

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Replaces text in a file; fails if it is not there.</summary>
    public void Edit(string file, string oldText, string newText)
    {
        string content = File.ReadAllText(PathOf(file));
        Assert.Contains(oldText, content);
        File.WriteAllText(PathOf(file), content.Replace(oldText, newText, StringComparison.Ordinal));
    }

    /// <summary>Lets this consumer's builds keep finished layers, as they do by default, in a folder of its own; returns it.</summary>
    public string UseCache(string? folder = null)
    {
        folder ??= Path.Combine(_temporary.Path, "cache");
        Variables["MoEQuantCache"] = "true";
        Variables["MoEQuantCacheDirectory"] = folder;
        return folder;
    }

    /// <summary>Runs <c>dotnet VERB …</c> in the folder.</summary>
    public BuildResult Run(string verb, params string[] arguments)
    {
        using ChildProcess process = Start(verb, arguments);
        return Finish(process);
    }

    /// <summary>Runs and demands success.</summary>
    public BuildResult RunSuccessfully(string verb, params string[] arguments)
    {
        BuildResult result = Run(verb, arguments);
        Assert.AreEqual(0, result.ExitCode, result.Output);
        return result;
    }

    /// <summary>Starts <c>dotnet VERB …</c>; <paramref name="prefix"/> is a program that starts it in turn.</summary>
    public ChildProcess Start(string verb, string[] arguments, params string[] prefix)
    {
        string[] command = [.. prefix, ChildProcess.DotNetHost, verb, .. arguments, "-tl:off", $"-bl:{BinaryLog}", "-p:NuGetAudit=false"];
        Dictionary<string, string?> environment = Environment;
        environment["NUGET_PACKAGES"] = UnpackedPackages;
        foreach ((string name, string? value) in Variables)
            environment[name] = value;
        return ChildProcess.Start(command[0], command[1..], Folder, environment);
    }

    public BuildResult Finish(ChildProcess process) => new(process.WaitForExit(Patience), BinaryLog);

    /// <summary>Runs a built program, an executable or a .dll, from another folder than its own, and returns its output.</summary>
    public string RunProgram(params string[] path)
    {
        ProcessResult result = Execute(path);
        Assert.AreEqual(0, result.ExitCode, result.Output);
        return result.Output;
    }

    /// <summary>The same, whatever its exit code.</summary>
    public ProcessResult Execute(params string[] path)
    {
        string program = PathOf(path);
        return program.EndsWith(".dll", StringComparison.Ordinal)
            ? ChildProcess.Run(ChildProcess.DotNetHost, [program], _temporary.Path, null, Patience)
            : ChildProcess.Run(program, [], _temporary.Path, null, Patience);
    }

    public void Dispose() => _temporary.Dispose();

    private static void CopyFolder(string source, string target)
    {
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
