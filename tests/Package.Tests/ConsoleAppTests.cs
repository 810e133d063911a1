using MoEQuant.Package.Tests.Consumer;

namespace MoEQuant.Package.Tests;

/// <summary>One package reference and one item: everything a user of a console app does.</summary>
[TestClass]
public sealed class ConsoleAppTests
{
    [TestMethod]
    public void Verbs_InTheOrderOfADay_DoNoMoreThanTheyMust()
    {
        using ConsumerFolder consumer = new("ConsoleApp");
        string packedFile = consumer.PathOf("obj", "Debug", "net10.0", "moequant", "TinyOlmoe.moeq");

        consumer.RunSuccessfully("restore");
        BuildResult first = consumer.RunSuccessfully("build", "--no-restore");
        Assert.AreEqual(1, first.CountTask("QuantizeMoEModel"));
        Assert.IsEmpty(first.Warnings);
        string text = consumer.RunProgram("bin", "Debug", "net10.0", "ConsoleApp.dll");
        Assert.IsGreaterThan(20, text.Length, text);
        byte[] packed = File.ReadAllBytes(packedFile);

        // Twice: IncrementalClean deletes on the second no-op build what was not registered on the first.
        for (int i = 0; i < 2; i++)
        {
            BuildResult nothing = consumer.RunSuccessfully("build");
            Assert.AreEqual(0, nothing.CountTask("QuantizeMoEModel"));
            Assert.AreEqual(0, nothing.CountTask("CheckRuntimeVersion"));
            Assert.AreEqual(0, nothing.CountTask("Csc"));
            Assert.IsLessThan(TimeSpan.FromSeconds(3), nothing.TimeInBuildStep, "Tens of milliseconds on an idle machine; bench/NoOpBuild measures it.");
        }

        // Without incremental building the targets run again; the bytes are the same.
        foreach (string again in (string[])["-t:Rebuild", "--no-incremental"])
        {
            Assert.AreEqual(1, consumer.RunSuccessfully("build", "--no-restore", again).CountTask("QuantizeMoEModel"), again);
            CollectionAssert.AreEqual(packed, File.ReadAllBytes(packedFile));
        }

        Assert.AreEqual(text, consumer.RunProgram("bin", "Debug", "net10.0", "ConsoleApp.dll"));

        consumer.RunSuccessfully("clean");
        Assert.IsFalse(Directory.Exists(Path.GetDirectoryName(packedFile)));
        Assert.IsFalse(File.Exists(consumer.PathOf("bin", "Debug", "net10.0", "ConsoleApp.dll")));
    }
}
