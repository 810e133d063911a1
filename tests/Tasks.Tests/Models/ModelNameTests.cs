using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Models;

namespace MoEQuant.Tasks.Tests.Models;

[TestClass]
public sealed class ModelNameTests
{
    [TestMethod]
    [DataRow("tiny-olmoe", "TinyOlmoe")]
    [DataRow("OLMoE-1B-7B-0924", "OLMoE1B7B0924")]
    [DataRow("Mixtral 8x7B_v0.1", "Mixtral8x7BV0_1")]
    [DataRow("v2.5", "V2_5")]
    [DataRow("v25", "V25")]
    [DataRow("7b", "7b")]
    [DataRow("class", "Class")]
    [DataRow("..-a-..", "A")]
    [DataRow("ünïted", "Ünïted")]
    [DataRow("模型-一", "模型一")]
    [DataRow("a\U0001F600b", "AB")]
    [DataRow("a\u200Db", "Ab")]
    [DataRow("a\";\nb{}", "AB")]
    [DataRow("cafe\u0301", "Cafe\u0301")]
    public void Derive_AnyText_GivesIdentifierPart(string text, string expected) => Assert.AreEqual(expected, ModelName.Derive(text));

    [TestMethod]
    [DataRow("")]
    [DataRow("---")]
    [DataRow("\u0301")]
    [DataRow("\U0001F600")]
    public void Derive_NoLetterOrDigit_IsRefused(string text)
    {
        BuildFailureException failure = Assert.ThrowsExactly<BuildFailureException>(() => ModelName.Derive(text));

        Assert.AreSame(BuildDiagnostics.NameInvalid, failure.Descriptor);
    }

    [TestMethod]
    public void Derive_LongName_IsRefusedAboveTheLimit()
    {
        Assert.AreEqual(ModelName.MaximumLength, ModelName.Derive(new string('a', ModelName.MaximumLength)).Length);
        Assert.ThrowsExactly<BuildFailureException>(() => ModelName.Derive(new string('a', ModelName.MaximumLength + 1)));
    }
}
