using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels.Ilgpu;
using MoEQuant.Runtime;

namespace MoEQuant.ReadmeSnippets;

/// <summary>The lines that README.md shows; tests/Build.Tests compares them.</summary>
[TestClass]
public sealed class ReadmeSnippetTests
{
    [TestMethod]
    public void Snippet_WithoutGpuOrFile_SaysWhatIsMissing()
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() =>
        {
            using var device = IlgpuDevice.Create(IlgpuAcceleratorKind.Gpu, memoryBudget: 8_000_000_000);
            using var model = MoEModel.Load("model.moeq", new MoEModelOptions { Device = device, ContextLength = 2048 });
        });
        if (error.Code != "MOEQ5070")
            StringAssert.Contains(error.Message, "model.moeq", StringComparison.Ordinal);
    }
}
