using MoEQuant.Build.Tasks.Accessors;

namespace MoEQuant.Tasks.Tests.Accessors;

[TestClass]
public sealed class CSharpNamespaceTests
{
    [TestMethod]
    [DataRow("Contoso.App", "Contoso.App")]
    [DataRow("sample-app", "sample_app")]
    [DataRow("My App", "My_App")]
    [DataRow("7b.class", "_7b.@class")]
    [DataRow("a..b.", "a.b")]
    [DataRow("é.模型", "é.模型")]
    [DataRow("", "")]
    [DataRow("-", "_")]
    public void From_RootNamespace_GivesLegalNamespace(string rootNamespace, string expected) => Assert.AreEqual(expected, CSharpNamespace.From(rootNamespace));
}
