using MoEQuant.Quantizer.Tests.Cli;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.TestSupport.Devices;

namespace MoEQuant.Quantizer.Tests.Evaluation;

/// <summary>The packed sample model on a device against the same model on this machine's processor.</summary>
[TestClass]
public sealed class DeviceTextTests
{
    [TestMethod]
    public async Task GenerateAsync_SampleModelOnADevice_WritesTheTextOfTheProcessor()
    {
        using TemporaryFolder folder = new();
        Assert.AreEqual(0, CommandRun.Execute("quantize", RepositoryPaths.SampleCheckpoint, "--output", folder.File("m.moeq"), "--dense-rank", "4", "--sparse-rank", "2", "--rounding", "nearest").ExitCode);
        using HostDevice device = new();
        using MoEModel processor = MoEModel.Load(folder.File("m.moeq")), onDevice = MoEModel.Load(folder.File("m.moeq"), new MoEModelOptions { Device = device, ContextLength = 64 });

        string expected = await Write(processor);
        Assert.AreEqual(expected, await Write(onDevice));
        Assert.IsGreaterThan(32, expected.Length);
    }

    private static async Task<string> Write(MoEModel model)
    {
        string text = "";
        await foreach (GeneratedToken token in model.GenerateAsync("Once upon a time", new GenerationOptions { MaxTokens = 32, StopTokens = [] }))
            text += token.Text;
        return text;
    }
}
