using System.Text;
using MoEQuant.Build.Tests.Consumer;

namespace MoEQuant.Build.Tests;

/// <summary>A user's project that names the engine with TorchSharp, which is there where this project was built with <c>-p:EnableTorchSharp=true</c>.</summary>
[TestClass]
public sealed class TorchEngineTests
{
    [TestMethod]
    public void Build_EngineWithTorchSharp_PacksOnItsDeviceAndGenerates()
    {
        if (BuiltArtifacts.TorchEngine is not string engine)
        {
            Assert.Inconclusive("Skipped: built without TorchSharp. Where the package source has it: dotnet test --project tests/Build.Tests -c Release -p:EnableTorchSharp=true");
            return;
        }

        using ConsumerProject project = EndToEndTests.CreateProject(engine);

        BuildResult result = project.Build("-p:MoEQuantDevice=torch-cpu");

        if (result.Errors.Count == 1 && result.Errors[0].StartsWith("MOEQ2093: ", StringComparison.Ordinal))
            Assert.Inconclusive($"Skipped: {result.Errors[0]}");
        Assert.AreEqual(0, result.ExitCode, result.Output);
        Assert.IsEmpty(result.Warnings);
        Assert.MatchesRegex(@"""device"":\s*""torch-cpu \d+\.\d+", Header(project.PackedFile));
        Assert.IsGreaterThan(40, project.RunApp().Length);
    }

    /// <summary>The JSON text at the beginning of a safetensors file, with the strings that are JSON themselves unquoted.</summary>
    private static string Header(string path)
    {
        using BinaryReader file = new(File.OpenRead(path));
        return Encoding.UTF8.GetString(file.ReadBytes(checked((int)file.ReadUInt64()))).Replace("\\\"", "\"", StringComparison.Ordinal);
    }
}
