namespace MoEQuant.Quantizer.Torch.Tests;

[TestClass]
public sealed class WithoutTorchSharpTests
{
    [TestMethod]
    public void TorchDevices_BuiltWithoutTorchSharp_AreSkipped() => Assert.Inconclusive(
        "Skipped: built without TorchSharp. Where the package source has it: dotnet test tests/Quantizer.Torch.Tests -c Release -p:EnableTorchSharp=true");
}
