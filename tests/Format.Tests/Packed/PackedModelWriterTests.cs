using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format.Tests;

[TestClass]
public sealed class PackedModelWriterTests
{
    [TestMethod]
    public void Commit_EqualCalls_GiveEqualFiles()
    {
        using TemporaryFolder folder = new();
        PackedModels.Write(folder.File("a.moeq"));
        PackedModels.Write(folder.File("b.moeq"));

        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("a.moeq")), File.ReadAllBytes(folder.File("b.moeq")));
    }

    [TestMethod]
    public void Commit_EveryTensor_StartsAligned()
    {
        using TemporaryFolder folder = new();
        PackedModels.Write(folder.File("a.moeq"));
        using PackedModelFile file = PackedModelFile.Open(folder.File("a.moeq"));

        foreach (TensorEntry tensor in file.Container.Tensors.Where(t => !t.Name.StartsWith("moeq.padding/", StringComparison.Ordinal)))
            Assert.AreEqual(0, tensor.Offset % 64, tensor.Name);
        Assert.AreEqual("moeq.matrices", file.Container.Tensors[^1].Name);
    }

    [TestMethod]
    public void Commit_ExistingFile_IsReplaced()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.moeq", [1, 2, 3]);
        PackedModels.Write(path);

        using PackedModelFile file = PackedModelFile.Open(path);
        Assert.HasCount(2, file.MatrixNames);
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Dispose_WithoutCommit_LeavesNothingButTheOldFile()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.moeq", [1, 2, 3]);
        using (PackedModelWriter writer = new(path, PackedModels.Header, PackedModels.Contents))
        {
            PackedModels.WriteContents(writer);
            Assert.HasCount(2, Directory.GetFiles(folder.Path), "the goal and the temporary file");
        }

        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.Path));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
    }

    [TestMethod]
    public void Commit_Incomplete_NamesWhatIsMissing()
    {
        using TemporaryFolder folder = new();
        using PackedModelWriter writer = new(folder.File("a.moeq"), PackedModels.Header, PackedModels.Contents);
        writer.WriteFile("config.json", [1]);

        Assert.Contains("tokenizer.json", Assert.ThrowsExactly<InvalidOperationException>(() => writer.Commit("{}")).Message);
    }

    [TestMethod]
    public void Commit_RecordBeyondItsCapacity_Throws()
    {
        using TemporaryFolder folder = new();
        PackedModelHeader header = PackedModels.Header with { RecordCapacity = 100 };
        using (PackedModelWriter writer = new(folder.File("fits.moeq"), header, new([], ["v"], [])))
        {
            writer.WriteVector("v", [1f], 1);
            writer.Commit($"{{\"k\":\"{new string('x', 80)}\"}}");
        }

        using PackedModelWriter tooLong = new(folder.File("long.moeq"), header, new([], ["v"], []));
        tooLong.WriteVector("v", [1f], 1);
        Assert.Contains("capacity", Assert.ThrowsExactly<ArgumentException>(() => tooLong.Commit($"{{\"k\":\"{new string('x', 1000)}\"}}")).Message);
        Assert.IsFalse(File.Exists(folder.File("long.moeq")));
    }

    [TestMethod]
    public void Write_WrongUse_Throws()
    {
        using TemporaryFolder folder = new();
        using PackedModelWriter writer = new(folder.File("a.moeq"), PackedModels.Header, PackedModels.Contents);
        byte[] weights = new byte[256];

        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteFile("absent.json", [1]));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteFile("config.json", []));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteVector(PackedModels.VectorName, [1f, 2f], 3));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteVector(PackedModels.VectorName, [1f], -1, -1));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteVector(PackedModels.VectorName, [], 0));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteVector(PackedModels.VectorName, [], long.MaxValue, 2));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteVector(PackedModels.MatrixName, [1f], 1));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteMatrix(PackedModels.MatrixName, PackedModels.First, weights, [], []));
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteMatrix(PackedModels.MatrixName, PackedModels.First with { Bits = 5 }, weights, new byte[68], new byte[36]));
        Assert.ThrowsExactly<ArgumentException>(() => writer.Commit("not json"));
        writer.WriteFile("config.json", [1]);
        Assert.ThrowsExactly<ArgumentException>(() => writer.WriteFile("config.json", [1]));
    }

    [TestMethod]
    public void Constructor_BadDeclarations_ThrowAndLeaveNothing()
    {
        using TemporaryFolder folder = new();
        foreach (PackedModelContents contents in (PackedModelContents[])
            [new(["a/b"], [], []), new(["x", "x"], [], []), new([], ["v"], ["v"]), new([], ["moeq.v"], []), new([], ["__metadata__"], []), new([], [], [""])])
        {
            Assert.ThrowsExactly<ArgumentException>(() => new PackedModelWriter(folder.File("a.moeq"), PackedModels.Header, contents));
        }

        Assert.ThrowsExactly<ArgumentException>(() => new PackedModelWriter(folder.File("a.moeq"), PackedModels.Header with { Name = "" }, PackedModels.Contents));
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Write_FullDisk_GivesCodeAndLeavesNothing()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("a.moeq");
        PackedModels.Write(path);
        long length = new FileInfo(path).Length;
        File.Delete(path);
        for (long capacity = 0; capacity < length; capacity += 400)
        {
            RawSafetensors.Expect("MOEQ5022", () => PackedModels.Write(path, temporary => new FullDiskStream(temporary, capacity)), path, "No space left on device.");
            Assert.IsEmpty(Directory.GetFiles(folder.Path), $"after {capacity} bytes");
        }
    }

    [TestMethod]
    public void Commit_AfterFailedWrite_Throws()
    {
        using TemporaryFolder folder = new();
        FullDiskStream? disk = null;
        using PackedModelWriter writer = new(folder.File("a.moeq"), PackedModels.Header, new([], ["v", "w"], []), path => disk = new FullDiskStream(path, 0));
        Assert.ThrowsExactly<MoEQuantException>(() => writer.WriteVector("v", [1f], 1));
        disk!.Capacity = long.MaxValue;
        writer.WriteVector("w", [1f], 1);

        Assert.ThrowsExactly<InvalidOperationException>(() => writer.Commit("{}"));
        Assert.IsFalse(File.Exists(folder.File("a.moeq")));
    }

    [TestMethod]
    public void Constructor_UnusableTarget_GivesItsCode()
    {
        using TemporaryFolder folder = new();
        string nested = folder.File("absent/a.moeq");
        RawSafetensors.Expect("MOEQ5020", () => PackedModels.Write(nested), folder.File("absent"));
        RawSafetensors.Expect("MOEQ5023", () => PackedModels.Write(folder.Path), "is a folder");
        RawSafetensors.Expect("MOEQ5021", () => PackedModels.Write(folder.File("a.moeq"), _ => throw new UnauthorizedAccessException("Access to the path is denied.")), "denied");
        RawSafetensors.Expect("MOEQ5023", () => PackedModels.Write(folder.File("a.moeq"), _ => throw new IOException("The device went away.")), "The device went away.");
        // What a stream throws beyond 4 GiB on FAT, or beyond ulimit -f.
        RawSafetensors.Expect("MOEQ5023", () => PackedModels.Write(folder.File("a.moeq"), _ => throw new ArgumentOutOfRangeException("value", "Specified file length was too large for the file system.")), "too large for the file system");
    }

    [TestMethod]
    public void Constructor_ReadOnlyFolder_GivesNoPermission()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            Assert.Inconclusive("Skipped: file modes do not bind this process.");
        using TemporaryFolder folder = new();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        RawSafetensors.Expect("MOEQ5021", () => PackedModels.Write(folder.File("a.moeq")), "denied");
    }
}
