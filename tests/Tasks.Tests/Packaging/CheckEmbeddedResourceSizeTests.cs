using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Packaging;
using MoEQuant.Tasks.Tests.Hosting;

namespace MoEQuant.Tasks.Tests.Packaging;

[TestClass]
public sealed class CheckEmbeddedResourceSizeTests
{
    private readonly RecordingBuildEngine _engine = new();

    [TestMethod]
    public void Execute_SumAtTheLimit_Passes() => Assert.IsTrue(Run(CheckEmbeddedResourceSize.MaximumTotalBytes - 5, 5));

    [TestMethod]
    public void Execute_SumAboveTheLimit_IsRefusedAndNamesTheLargest()
    {
        Assert.IsFalse(Run(5, CheckEmbeddedResourceSize.MaximumTotalBytes - 4));

        Assert.AreEqual("MOEQ4011", _engine.Errors.Single().Code);
        Assert.Contains("2,147,400,001 bytes together, at most 2,147,400,000 fit; the largest is 1.moeq with 2,147,399,996 bytes.", _engine.Errors[0].Message!);
    }

    private bool Run(params long[] sizes)
    {
        using TemporaryFolder folder = new();
        for (int i = 0; i < sizes.Length; i++)
            using (FileStream file = File.Create(folder.File($"{i}.moeq")))
                file.SetLength(sizes[i]);

        return new CheckEmbeddedResourceSize
        {
            BuildEngine = _engine,
            ProjectFile = folder.File("App.csproj"),
            // One absolute, one relative to the project; and one that a design-time build would name but that does not exist.
            Resources = [new TaskItem(folder.File("0.moeq")), new TaskItem("1.moeq"), new TaskItem("missing.moeq")],
        }.Execute();
    }
}
