using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Engine;

namespace MoEQuant.Tasks.Tests.Engine;

[TestClass]
public sealed class ResponseFileTests
{
    [TestMethod]
    public void Format_Arguments_QuotesEverythingButSwitches()
    {
        Assert.AreEqual(
            "\"quantize\"\n\"/a b/#1\"\n--output\n\"/c;d/x.moeq\"\n\"--not a switch\"\n",
            ResponseFile.Format(["quantize", "/a b/#1", "--output", "/c;d/x.moeq", "--not a switch"]));
    }

    [TestMethod]
    [DataRow("a\"b")]
    [DataRow("a\nb")]
    [DataRow("a\rb")]
    public void Format_ArgumentTheFormatCannotHold_IsRefused(string argument)
    {
        BuildFailureException failure = Assert.ThrowsExactly<BuildFailureException>(() => ResponseFile.Format([argument]));

        Assert.AreSame(BuildDiagnostics.ArgumentNotRepresentable, failure.Descriptor);
    }
}
