using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Packaging;
using MoEQuant.Tasks.Tests.Hosting;

namespace MoEQuant.Tasks.Tests.Packaging;

[TestClass]
public sealed class CheckTotalSizeTests
{
    private readonly RecordingBuildEngine _engine = new();

    [TestMethod]
    [DataRow("Assembly", 2_147_400_000)]
    [DataRow("SingleFile", 2_083_483_647)]
    [DataRow("NativeImage", 2_147_483_647)]
    public void Execute_SumAtTheLimit_Passes(string product, long limit) => Assert.IsTrue(Run(product, limit - 5, 5));

    [TestMethod]
    [DataRow("Assembly", 2_147_400_000, "MOEQ4011")]
    [DataRow("SingleFile", 2_083_483_647, "MOEQ4041")]
    [DataRow("NativeImage", 2_147_483_647, "MOEQ4042")]
    public void Execute_SumAboveTheLimit_IsRefusedAndNamesTheLargest(string product, long limit, string code)
    {
        Assert.IsFalse(Run(product, 5, limit - 4));

        Assert.AreEqual(code, _engine.Errors.Single().Code);
        Assert.Contains(FormattableString.Invariant($"{limit + 1:N0} bytes together, at most {limit:N0} fit; the largest is 1.moeq with {limit - 4:N0} bytes."), _engine.Errors[0].Message!);
    }

    private bool Run(string product, params long[] sizes)
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < sizes.Length; i++)
            using (FileStream file = File.Create(folder.File($"{i}.moeq")))
                file.SetLength(sizes[i]);

        return new CheckTotalSize
        {
            BuildEngine = _engine,
            ProjectFile = folder.File("App.csproj"),
            Product = product,
            // One absolute, one relative to the project and named twice; and one that a design-time build would name but that does not exist.
            Files = [new TaskItem(folder.File("0.moeq")), new TaskItem("1.moeq"), new TaskItem(folder.File("1.moeq")), new TaskItem("missing.moeq")],
        }.Execute();
    }
}
