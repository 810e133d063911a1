using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Packaging;

namespace MoEQuant.Tasks.Tests.Packaging;

[TestClass]
public sealed class ModelPackagingTests
{
    [TestMethod]
    [DataRow("", "", 1, "Embed")]
    [DataRow("auto", "", ModelPackaging.LargestEmbedded, "Embed")]
    [DataRow("", "", ModelPackaging.LargestEmbedded + 1, "Sidecar")]
    [DataRow(" embed ", "", ModelPackaging.LargestEmbedded + 1, "Embed")]
    [DataRow("Sidecar", "", 1, "Sidecar")]
    [DataRow("", "Sidecar", 1, "Sidecar")]
    [DataRow("Auto", "Sidecar", 1, "Embed")]
    public void Decide_OneModel_FollowsTheItemThenTheProjectThenTheSize(string requested, string projectDefault, long bytes, string expected) =>
        Assert.AreEqual(expected, new ModelPackaging(projectDefault).Decide(requested, "m", bytes));

    [TestMethod]
    public void Decide_SeveralModels_EmbedsAsLongAsAllFitTogether()
    {
        ModelPackaging packaging = new("");

        Assert.AreEqual("Embed", packaging.Decide("", "a", 3_000_000_000));
        Assert.AreEqual("Sidecar", packaging.Decide("", "b", 2_000_000_000));
        Assert.AreEqual("Embed", packaging.Decide("", "c", 1_000_000_000));
        Assert.AreEqual("Sidecar", packaging.Decide("", "d", 1));
    }

    [TestMethod]
    public void Decide_UnknownWord_IsRefused()
    {
        BuildFailureException failure = Assert.ThrowsExactly<BuildFailureException>(() => new ModelPackaging("").Decide("embedded", "models/x", 1));

        Assert.AreEqual("MOEQ4040", failure.Descriptor.Code);
        Assert.StartsWith("\"models/x\": Packaging is \"embedded\".", failure.Message);
    }
}
