using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The packages that an app on a device needs, packed from what was built for this test run, and the folder of an app that has nothing else.</summary>
internal sealed class DevicePackages : IDisposable
{
    // …/artifacts/bin/Kernels.Ilgpu.Tests/release/ → …/artifacts
    private static readonly string Artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

    private static readonly string Configuration =
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)) == "release" ? "Release" : "Debug";

    private readonly TemporaryFolder _folder = new();

    public DevicePackages()
    {
        // Without images compiled ahead for other platforms: nothing here is about how fast an app starts.
        foreach (string project in (string[])["Format", "Kernels", "Runtime", "Kernels.Ilgpu"])
        {
            Run(
                RepositoryPaths.Root, "pack", $"src/{project}", "-c", Configuration, "--no-build", "-o", Feed, "-p:EnableIlgpu=true", "-p:MoEQuantReadyToRun=false", $"-p:ArtifactsPath={Artifacts}");
        }
    }

    /// <summary>The folder with the .nupkg files.</summary>
    public string Feed => _folder.File("feed");

    /// <summary>The app's folder.</summary>
    public string App => _folder.File("app");

    /// <summary>The version of all packages.</summary>
    public string Version => Path.GetFileNameWithoutExtension(FileOf("MoEQuant.Runtime"))["MoEQuant.Runtime.".Length..];

    /// <summary>The file of a package.</summary>
    public string FileOf(string id) => Directory.GetFiles(Feed, id + ".*.nupkg").Single(file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1]));

    /// <summary>Writes an app that references the runtime and the device, and builds it. What restoring has left on this machine serves as the feed for ILGPU.</summary>
    /// <param name="program">Program.cs.</param>
    public void Build(string program)
    {
        Directory.CreateDirectory(App);
        // MSBuild and NuGet search upwards for these; they end the search here.
        foreach (string file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            File.WriteAllText(Path.Combine(App, file), "<Project />");
        string machinePackages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } path
            ? path
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(App, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{machinePackages}" /></fallbackPackageFolders>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(App, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="MoEQuant.Runtime" Version="{Version}" />
                <PackageReference Include="MoEQuant.Kernels.Ilgpu" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(App, "Program.cs"), program);
        Run(App, "build", "-o", Path.Combine(App, "out"), "-p:NuGetAudit=false");
    }

    /// <summary>Runs the app and returns its output.</summary>
    public string RunApp(params string[] arguments) => Run(App, [Path.Combine(App, "out", "App.dll"), .. arguments]);

    public void Dispose() => _folder.Dispose();

    private string Run(string folder, params string[] arguments)
    {
        Dictionary<string, string?> environment = new()
        {
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["DOTNET_NOLOGO"] = "1",
            ["UseSharedCompilation"] = "false",
            ["NUGET_PACKAGES"] = folder == App ? _folder.File("packages") : Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            // What the surrounding dotnet test leaves for its children.
            ["MSBUILD_EXE_PATH"] = null,
            ["MSBuildSDKsPath"] = null,
            ["MSBuildExtensionsPath"] = null,
            ["MSBuildLoadMicrosoftTargetsReadOnly"] = null,
            ["DOTNET_HOST_PATH"] = null,
            ["CI"] = null,
        };
        ProcessResult result = ChildProcess.Run(ChildProcess.DotNetHost, arguments, folder, environment, TimeSpan.FromMinutes(10));
        Assert.AreEqual(0, result.ExitCode, result.Output);
        return result.Output;
    }
}
