using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tests;

[TestClass]
public sealed class RuntimeCompatibilityTests
{
    [TestMethod]
    [DataRow("[0.1.0,0.2.0)", "0.1.0", true)]
    [DataRow("[0.1.0,0.2.0)", "0.1.9", true)]
    [DataRow("[0.1.0, 0.2.0]", "0.2.0", true)]
    [DataRow("[0.1.0,)", "7.0.0", true)]
    [DataRow("[0.1.0,0.2.0)", "0.2.0", false)]
    [DataRow("(0.1.0,0.2.0)", "0.1.0", false)]
    [DataRow("[0.1.0,0.2.0)", "0.0.9", false)]
    [DataRow("0.1.0", "0.1.0", false)]
    [DataRow("[x,0.2.0)", "0.1.0", false)]
    [DataRow("", "0.1.0", false)]
    public void Contains_Range_FollowsItsBounds(string range, string version, bool expected) => Assert.AreEqual(expected, RuntimeCompatibility.Contains(range, Version.Parse(version)));

    [TestMethod]
    public void Check_FileForANewerRuntime_NamesBothVersions()
    {
        PackedModelInfo info = new("m", "W3A16", "9.1.0", "[9.1.0,9.2.0)", new Version(1, 0), new string('0', 64), "{}");

        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => RuntimeCompatibility.Check(info, null));

        Assert.AreEqual("MOEQ5044", failure.Code);
        Assert.Contains("packed by version 9.1.0", failure.Found);
        Assert.Contains($"MoEQuant.Runtime {RuntimeCompatibility.Current.ToString(3)};", failure.Found);
    }
}
