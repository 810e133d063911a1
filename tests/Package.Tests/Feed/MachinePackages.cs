using MoEQuant.Package.Tests.Consumer;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests.Feed;

/// <summary>Packages of the SDK that some ways to publish need: runtime packs, the linker, the native compiler.</summary>
internal static class MachinePackages
{
    /// <summary>Has this machine restore what a publish with these arguments needs, from wherever it usually restores; skips the test where it cannot.</summary>
    public static void Require(params string[] arguments)
    {
        // Publish knows switches that restore does not.
        string[] properties = [.. arguments.Select(argument => argument switch
        {
            "--self-contained" => "-p:SelfContained=true",
            "--no-self-contained" => "-p:SelfContained=false",
            _ => argument,
        })];
        using TemporaryFolder folder = new();
        folder.Write("Probe.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>"""u8);
        // First from what it has, because a network that is not there costs minutes.
        foreach (string[] source in (string[][])[["--source", PackageFeed.Folder], []])
        {
            ProcessResult result = ChildProcess.Run(
                ChildProcess.DotNetHost, ["restore", "Probe.csproj", "-r", Platform.RuntimeIdentifier, "-p:NuGetAudit=false", .. source, .. properties], folder.Path, ConsumerFolder.Environment, TimeSpan.FromMinutes(5));
            if (result.ExitCode == 0)
                return;
            if (source.Length == 0)
                Assert.Inconclusive($"This machine cannot restore what {string.Join(' ', properties)} needs:\n{result.Output}");
        }
    }
}
