namespace MoEQuant.Format.Tests;

/// <summary>A packed model that is tried out under its temporary name before it is committed.</summary>
[TestClass]
public sealed class PackedModelCompletionTests
{
    [TestMethod]
    public void Complete_ThenCommit_GivesTheBytesOfACommitAlone()
    {
        using TemporaryFolder folder = new();
        PackedModels.Write(folder.File("direct.moeq"));
        using (PackedModelWriter writer = Start(folder.File("a.moeq")))
        {
            string temporary = writer.Complete("""{"first":"a record that is longer than the one that replaces it, so that something of it could be left behind in the header"}""");
            Assert.IsFalse(File.Exists(folder.File("a.moeq")));
            using (PackedModelFile file = PackedModelFile.Open(temporary))
            {
                Assert.StartsWith("""{"first":""", file.Info.RecordJson);
                file.VerifyPayload(CancellationToken.None);
            }

            writer.Commit(PackedModels.Record);
        }

        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("direct.moeq")), File.ReadAllBytes(folder.File("a.moeq")));
        Assert.HasCount(2, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Dispose_AfterComplete_LeavesTheEarlierFile()
    {
        using TemporaryFolder folder = new();
        folder.Write("a.moeq", "earlier"u8);
        using (PackedModelWriter writer = Start(folder.File("a.moeq")))
        {
            writer.Complete("{}");
            Assert.ThrowsExactly<ObjectDisposedException>(() => writer.WriteFile("config.json", [1]));
        }

        Assert.AreEqual("earlier", File.ReadAllText(Directory.GetFiles(folder.Path).Single()));
    }

    private static PackedModelWriter Start(string path)
    {
        PackedModelWriter writer = new(path, PackedModels.Header, PackedModels.Contents);
        PackedModels.WriteContents(writer);
        return writer;
    }
}
