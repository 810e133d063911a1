using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Build.Tests.Consumer;

/// <summary>A user's project outside the checkout, built by the real <c>dotnet build</c> with this checkout's targets, tasks and (by default) the stand-in engine.</summary>
internal sealed class ConsumerProject : IDisposable
{
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder _temporary = new();

    /// <summary>Copies a project of the folder Consumers.</summary>
    /// <param name="name">Its folder.</param>
    /// <param name="folderName">The name of the copy's folder, if the test is about paths.</param>
    public ConsumerProject(string name = "App", string folderName = "consumer")
    {
        Folder = Path.Combine(_temporary.Path, folderName);
        CopyFolder(Path.Combine(RepositoryPaths.Root, "tests", "Build.Tests", "Consumers", name), Folder);
        // MSBuild, NuGet and the SDK search upwards for these; they end the search here.
        File.WriteAllText(PathOf("Directory.Build.props"), "<Project />");
        File.WriteAllText(PathOf("Directory.Build.targets"), "<Project />");
        File.WriteAllText(PathOf("Directory.Packages.props"), "<Project />");
        File.WriteAllText(PathOf("nuget.config"), "<configuration><packageSources><clear /></packageSources></configuration>");
        File.Copy(Path.Combine(RepositoryPaths.Root, "global.json"), PathOf("global.json"));
        ProjectFile = Directory.GetFiles(Folder, "*.csproj").Single();
    }

    public string Folder { get; }

    public string ProjectFile { get; }

    /// <summary>Where the build step keeps everything it makes.</summary>
    public string IntermediateFolder => PathOf("obj", "Debug", "net10.0", "moequant");

    public string PackedFile => Path.Combine(IntermediateFolder, "TinyOlmoe.moeq");

    /// <summary>What the stand-in engine does; see FakeRun.</summary>
    public string EngineMode { get; set; } = "";

    /// <summary>The engine to start; the stand-in unless changed.</summary>
    public string EnginePath { get; set; } = BuiltArtifacts.FakeEngine;

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>The stand-in engine's runs and child processes, oldest first.</summary>
    public IReadOnlyList<EngineRun> EngineRuns => EngineRun.ReadAll(PathOf("engine.log"));

    /// <summary>Replaces text in the project file; fails if it is not there.</summary>
    public void EditProject(string oldText, string newText)
    {
        string content = File.ReadAllText(ProjectFile);
        Assert.Contains(oldText, content);
        File.WriteAllText(ProjectFile, content.Replace(oldText, newText, StringComparison.Ordinal));
    }

    /// <summary>Runs <c>dotnet build</c> (or another verb) to its end.</summary>
    public BuildResult Build(params string[] arguments) => Run("build", arguments);

    /// <summary>Builds no further than the packed files: enough where the compiler has no part in what is tested, and much cheaper.</summary>
    public BuildResult Quantize(params string[] arguments) => Build(["--no-restore", "-t:QuantizeMoEModels", .. arguments]);

    public BuildResult Run(string verb, params string[] arguments)
    {
        using ChildProcess process = Start(verb, arguments);
        return Finish(process);
    }

    /// <summary>Starts a build; <paramref name="prefix"/> is a program that starts <c>dotnet</c> in turn.</summary>
    public ChildProcess Start(string verb, string[] arguments, params string[] prefix)
    {
        string[] command = [.. prefix, ChildProcess.DotNetHost, verb, ProjectFile, .. CommonArguments(verb), .. arguments];
        return ChildProcess.Start(command[0], command[1..], Folder, Environment());
    }

    public BuildResult Finish(ChildProcess process)
    {
        string binaryLog = PathOf("msbuild.binlog");
        return new BuildResult(process.WaitForExit(BuildTimeout), binaryLog);
    }

    /// <summary>Builds and demands success.</summary>
    public BuildResult BuildSuccessfully(params string[] arguments)
    {
        BuildResult result = Build(arguments);
        Assert.AreEqual(0, result.ExitCode, result.Output);
        return result;
    }

    /// <summary>Runs the built program and returns its output.</summary>
    public string RunApp(params string[] arguments)
    {
        string assembly = PathOf("bin", "Debug", "net10.0", Path.GetFileNameWithoutExtension(ProjectFile) + ".dll");
        ProcessResult result = ChildProcess.Run(ChildProcess.DotNetHost, [assembly, .. arguments], Folder, null, BuildTimeout);
        Assert.AreEqual(0, result.ExitCode, result.Output);
        return result.Output;
    }

    public void Dispose() => _temporary.Dispose();

    private static string[] CommonArguments(string verb) =>
    [
        // No server and no node outlives a test.
        "-nodeReuse:false", "-p:UseSharedCompilation=false", "-tl:off", "-bl:msbuild.binlog",
        .. verb == "build" ? (string[])["-p:NuGetAudit=false"] : [],
    ];

    private Dictionary<string, string?> Environment() => new()
    {
        ["MoEQuantRepository"] = RepositoryPaths.Root,
        ["MoEQuantTasksAssembly"] = BuiltArtifacts.Tasks,
        ["MoEQuantEnginePath"] = EnginePath,
        ["MoEQuantRuntimeFolder"] = Path.GetDirectoryName(BuiltArtifacts.Engine),
        ["MoEQuantCacheDirectory"] = PathOf("cache"),
        ["MOEQUANT_FAKE_LOG"] = PathOf("engine.log"),
        ["MOEQUANT_FAKE_MODE"] = EngineMode,
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_NOLOGO"] = "1",
        // What the surrounding `dotnet test` leaves for its children is not what a user's shell has.
        ["MSBUILD_EXE_PATH"] = null,
        ["MSBuildSDKsPath"] = null,
        ["MSBuildExtensionsPath"] = null,
        ["MSBuildLoadMicrosoftTargetsReadOnly"] = null,
        ["DOTNET_HOST_PATH"] = null,
        ["CI"] = null,
    };

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
