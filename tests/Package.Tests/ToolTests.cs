using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests;

/// <summary>The engine as a .NET tool, from its package.</summary>
[TestClass]
public sealed class ToolTests
{
    [TestMethod]
    public void Tool_InstalledFromThePackage_PacksAndRuns()
    {
        using ConsumerFolder consumer = new("Empty");
        Dictionary<string, string?> environment = ConsumerFolder.Environment;
        environment["NUGET_PACKAGES"] = PackageFeed.UnpackedPackages;
        environment["DOTNET_ROOT"] = Path.GetDirectoryName(ChildProcess.DotNetHost);
        Run(ChildProcess.DotNetHost, "tool", "install", "moequant", "--tool-path", "tools", "--version", PackageFeed.Version);

        string tool = consumer.PathOf("tools", OperatingSystem.IsWindows() ? "moequant.exe" : "moequant");
        Assert.Contains(PackageFeed.Version, Run(tool, "--version"));
        Run(tool, "quantize", "models/tiny-olmoe", "--output", "story.moeq", "--dense-rank", "0", "--sparse-rank", "0");
        Assert.Contains("tiny-olmoe", Run(tool, "inspect", "story.moeq"));
        Assert.StartsWith("Once upon a time", Run(tool, "run", "story.moeq", "--prompt", "Once upon a time", "--max-tokens", "4"));

        string Run(string program, params string[] arguments)
        {
            ProcessResult result = ChildProcess.Run(program, arguments, consumer.Folder, environment, TimeSpan.FromMinutes(5));
            Assert.AreEqual(0, result.ExitCode, result.Output);
            return result.Output;
        }
    }
}
