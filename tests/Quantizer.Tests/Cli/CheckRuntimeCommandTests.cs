using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class CheckRuntimeCommandTests
{
    private static readonly Version Own = typeof(CheckRuntimeCommand).Assembly.GetName().Version!;

    [TestMethod]
    [DataRow("")]
    [DataRow("-preview.2")]
    [DataRow("+build.7")]
    public void Check_OwnVersion_Passes(string suffix) => CheckRuntimeCommand.Check(Own.ToString(3) + suffix);

    [TestMethod]
    public void Check_LaterPatch_Passes() => CheckRuntimeCommand.Check($"{Own.Major}.{Own.Minor}.{Own.Build + 5}");

    [TestMethod]
    public void Check_OtherVersion_NamesBoth()
    {
        string other = $"{Own.Major}.{Own.Minor + 1}.0";

        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => CheckRuntimeCommand.Check(other));

        Assert.AreEqual("MOEQ2090", failure.Code);
        Assert.Contains($"MoEQuant.Runtime {other}", failure.Found);
        Assert.Contains($"MoEQuant.Build {Own.ToString(3)}", failure.Found);
    }

    [TestMethod]
    public void Check_NoVersion_IsRefused() => Assert.AreEqual("MOEQ2090", Assert.ThrowsExactly<MoEQuantException>(() => CheckRuntimeCommand.Check("latest")).Code);
}
