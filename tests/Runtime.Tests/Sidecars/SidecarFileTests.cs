using System.Security.Cryptography;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Sidecars;
using MoEQuant.Runtime.Tests.Model;
using MoEQuant.Runtime.Tests.Weights;

namespace MoEQuant.Runtime.Tests.Sidecars;

[TestClass]
public sealed class SidecarFileTests
{
    private static TemporaryFolder s_folder = null!;
    private static SidecarReference s_reference = null!;

    [ClassInitialize]
    public static void WriteModel(TestContext context)
    {
        s_folder = new TemporaryFolder();
        PackedTestModel.Write(s_folder.File("App.Tiny.moeq"), RandomModel.Create("MixtralForCausalLM", seed: 3), 3, 32, 0);
        using PackedModelFile model = PackedModelFile.Open(s_folder.File("App.Tiny.moeq"));
        byte[] header = model.Container.Region.Span(0, (int)model.Container.DataOffset).ToArray();
        s_reference = new SidecarReference("App.Tiny.moeq", model.Container.Region.Length, Convert.ToHexStringLower(SHA256.HashData(header)));
    }

    [ClassCleanup]
    public static void DeleteModel() => s_folder.Dispose();

    [TestMethod]
    public void Open_TheVeryFile_OpensIt()
    {
        using PackedModelFile model = SidecarFile.Open(s_reference, [Path.Combine(s_folder.Path, "elsewhere"), s_folder.Path]);

        Assert.AreEqual("Test", model.Info.Name);
    }

    [TestMethod]
    public void Open_Missing_NamesFileAndFolder() => AssertRefused("MOEQ5041", "There is no App.Tiny.moeq in", _ => { });

    [TestMethod]
    public void Open_Truncated_SaysBothLengths() => AssertRefused("MOEQ5042", $"The file has 100 bytes; the app was built with one of {s_reference.Length}.", path =>
    {
        Copy(path);
        using FileStream file = File.OpenWrite(path);
        file.SetLength(100);
    });

    [TestMethod]
    public void Open_AnotherModelOfTheSameLength_IsRefused() => AssertRefused("MOEQ5043", "Its header has the SHA-256 ", path =>
    {
        // The hash of the payload stands in the header: any digit of it stands for another content.
        byte[] bytes = File.ReadAllBytes(s_folder.File("App.Tiny.moeq"));
        int hash = bytes.AsSpan().IndexOf("moeq.payload_sha256"u8) + "moeq.payload_sha256".Length + 4;
        bytes[hash] = bytes[hash] == (byte)'0' ? (byte)'1' : (byte)'0';
        File.WriteAllBytes(path, bytes);
    });

    [TestMethod]
    public void TryParse_WhatTheBuildWrites_IsRead() =>
        Assert.AreEqual(s_reference, SidecarReference.TryParse($"moeq-sidecar 1\n{s_reference.FileName}\n{s_reference.Length}\n{s_reference.HeaderSha256}\n"));

    [TestMethod]
    [DataRow("")]
    [DataRow("moeq-sidecar 2\nname\n1\n0123456789012345678901234567890123456789012345678901234567890123\n")]
    [DataRow("moeq-sidecar 1\n../name\n1\n0123456789012345678901234567890123456789012345678901234567890123\n")]
    [DataRow("moeq-sidecar 1\nname\n-1\n0123456789012345678901234567890123456789012345678901234567890123\n")]
    [DataRow("moeq-sidecar 1\nname\n1\n0123\n")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.IsNull(SidecarReference.TryParse(text));

    private static void Copy(string path) => File.Copy(s_folder.File("App.Tiny.moeq"), path);

    private static void AssertRefused(string code, string found, Action<string> prepare)
    {
        using TemporaryFolder folder = new();
        prepare(folder.File("App.Tiny.moeq"));

        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => SidecarFile.Open(s_reference, [folder.Path]).Dispose());

        Assert.AreEqual(code, failure.Code);
        Assert.Contains(found, failure.Found);
    }
}
