using MoEQuant.Build.Tasks.Incremental;

namespace MoEQuant.Tasks.Tests.Incremental;

[TestClass]
public sealed class StableFileTests
{
    private static readonly DateTime Old = new(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [TestMethod]
    public void Write_SameContent_KeepsTheTime()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("sub/file.txt");
        Assert.IsTrue(StableFile.Write(path, "ä\n"));
        File.SetLastWriteTimeUtc(path, Old);

        Assert.IsFalse(StableFile.Write(path, "ä\n"));
        Assert.AreEqual(Old, File.GetLastWriteTimeUtc(path));
        CollectionAssert.AreEqual("ä\n"u8.ToArray(), File.ReadAllBytes(path), "No byte order mark.");
    }

    [TestMethod]
    public void Write_OtherContent_ReplacesTheFileAndLeavesNoTemporaryOne()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("file.txt");
        StableFile.Write(path, "old and longer");
        File.SetLastWriteTimeUtc(path, Old);

        Assert.IsTrue(StableFile.Write(path, "new"));
        Assert.AreEqual("new", File.ReadAllText(path));
        Assert.AreNotEqual(Old, File.GetLastWriteTimeUtc(path));
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Write_FullDisk_LeavesTheOldFileAndNoTemporaryOne()
    {
        using SmallDisk disk = new(2 * 4096);
        string path = Path.Combine(disk.Path, "file.txt");
        StableFile.Write(path, "old");

        Assert.ThrowsExactly<IOException>(() => StableFile.Write(path, new string('x', 10_000)));

        Assert.AreEqual("old", File.ReadAllText(path));
        Assert.HasCount(1, Directory.GetFiles(disk.Path));
    }
}
