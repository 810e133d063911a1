namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Stands for the suites that need ILGPU where it is not enabled, so that their absence is seen.</summary>
[TestClass]
public sealed class SkippedSuitesTests
{
    [TestMethod]
    [DataRow("Packed products")]
    [DataRow("Expert products")]
    [DataRow("Inputs of tensor cores")]
    [DataRow("Tensor core kernels")]
    [DataRow("Costs of kernels")]
    [DataRow("Decoder operations")]
    [DataRow("Routing")]
    [DataRow("Weights")]
    [DataRow("Whole models")]
    [DataRow("Every kernel as PTX")]
    [DataRow("Whole models with inputs of tensor cores")]
    [DataRow("Packages")]
    public void Suite_WithoutIlgpu_IsSkipped(string suite) =>
        Assert.Inconclusive($"{suite} on devices were not built. Where the package feed has ILGPU: dotnet test --project tests/Kernels.Ilgpu.Tests -c Release -p:EnableIlgpu=true");
}
