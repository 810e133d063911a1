using System.Globalization;
using System.Runtime.InteropServices;
using MoEQuant.Format.Diagnostics;
using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Format.Tests;

[TestClass]
public sealed unsafe class MappedRegionTests
{
    [TestMethod]
    public void OpenFile_ThreeBytes_GivesExactlyThem()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("three", [7, 8, 9]);

        using MappedRegion region = MappedRegion.OpenFile(path);

        Assert.AreEqual(3, region.Length);
        Assert.AreEqual(path, region.Path);
        CollectionAssert.AreEqual(new byte[] { 7, 8, 9 }, region.Span(0, 3).ToArray());
        CollectionAssert.AreEqual(new byte[] { 9 }, region.Span(2, 1).ToArray());
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Evict_PagesThatWereRead_LeaveTheProcessAndCanBeReadAgain()
    {
        using TemporaryFolder folder = new();
        byte[] content = new byte[32 << 20];
        new Random(1).NextBytes(content);
        using MappedRegion region = MappedRegion.OpenFile(folder.Write("large", content));
        Assert.IsTrue(region.Span(0, content.Length).SequenceEqual(content));
        long before = FileBackedBytes();

        region.Evict(5, content.Length - 5);

        Assert.IsLessThan(before - (24 << 20), FileBackedBytes());
        Assert.IsTrue(region.Span(0, content.Length).SequenceEqual(content));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => region.Evict(1, content.Length));
    }

    [TestMethod]
    public void Evict_ForeignMemory_IsLeftAlone()
    {
        using GuardedMemory memory = new(3 * Environment.SystemPageSize);
        new Span<byte>(memory.Pointer, 3 * Environment.SystemPageSize).Fill(7);
        using MappedRegion region = MappedRegion.FromMemory(memory.Pointer, 3 * Environment.SystemPageSize, owner: null);
        region.Evict(0, region.Length);
        Assert.AreEqual(7, region.Span(Environment.SystemPageSize, 1)[0]);
    }

    [TestMethod]
    public void Pointer_RangesOutside_Throw()
    {
        using GuardedMemory memory = new(10);
        using MappedRegion region = MappedRegion.FromMemory(memory.Pointer, 10, owner: null);

        Assert.IsTrue(region.Pointer(10, 0) == memory.Pointer + 10);
        foreach ((long offset, long length) in ((long, long)[])
            [(-1, 1), (0, 11), (10, 1), (11, 0), (5, -1), (5, long.MaxValue), (long.MaxValue, 1), (long.MinValue, long.MinValue), (1, long.MaxValue - 1), (4294967296, 1)])
        {
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = region.Pointer(offset, length), $"({offset}, {length})");
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = region.Span(9, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = region.Span(0, -1));
    }

    [TestMethod]
    public void Pointer_AfterDispose_ThrowsObjectDisposed()
    {
        using TemporaryFolder folder = new();
        MappedRegion region = MappedRegion.OpenFile(folder.Write("x", [1]));
        region.Dispose();
        region.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => _ = region.Pointer(0, 1));
        Assert.ThrowsExactly<ObjectDisposedException>(() => _ = region.Span(0, 1));
        Assert.ThrowsExactly<ObjectDisposedException>(() => SafetensorsFile.Open(region, ownsRegion: false));
    }

    [TestMethod]
    public void Dispose_Twice_DisposesTheOwnerOnce()
    {
        CountingOwner owner = new();
        MappedRegion region = MappedRegion.FromMemory(null, 0, owner);

        region.Dispose();
        region.Dispose();

        Assert.AreEqual(1, owner.Count);
    }

    [TestMethod]
    public void Dispose_MappedFile_ReleasesTheFile()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x", [1, 2]);

        for (int i = 0; i < 3; i++)
            MappedRegion.OpenFile(path).Dispose();

        // FileShare.None fails as long as anybody holds the file.
        using FileStream exclusive = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.AreEqual(2, exclusive.Length);
        if (OperatingSystem.IsLinux())
            Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"));
    }

    [TestMethod]
    public void FromStream_ReadStream_StartsAtItsBeginning()
    {
        using GuardedMemory memory = GuardedMemory.Copy([1, 2, 3, 4, 5]);
        UnmanagedMemoryStream stream = new(memory.Pointer, 5);
        stream.ReadByte();

        MappedRegion region = MappedRegion.FromStream(stream);

        Assert.IsNull(region.Path);
        Assert.AreEqual(5, region.Length);
        Assert.IsTrue(region.Pointer(0, 5) == memory.Pointer, "no copy");
        region.Dispose();
        Assert.IsFalse(stream.CanRead, "the region owns the stream");
    }

    [TestMethod]
    public void FromStream_OverSafeBuffer_ThrowsArgument()
    {
        using NativeBuffer buffer = new(16);
        using UnmanagedMemoryStream stream = new(buffer, 0, 16);

        Assert.ThrowsExactly<ArgumentException>(() => MappedRegion.FromStream(stream));
    }

    [TestMethod]
    public void OpenFile_FolderMissingEmpty_GivesItsCode()
    {
        using TemporaryFolder folder = new();
        string empty = folder.Write("empty", []);

        Assert.AreEqual("MOEQ1001", Assert.ThrowsExactly<MoEQuantException>(() => MappedRegion.OpenFile(folder.File("absent"))).Code);
        Assert.AreEqual("MOEQ1001", Assert.ThrowsExactly<MoEQuantException>(() => MappedRegion.OpenFile("bad\0name")).Code);
        Assert.AreEqual("MOEQ1002", Assert.ThrowsExactly<MoEQuantException>(() => MappedRegion.OpenFile(folder.Path)).Code);
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => MappedRegion.OpenFile(empty));
        Assert.AreEqual("MOEQ1004", failure.Code);
        Assert.AreEqual(empty, failure.Path);
    }

    [TestMethod]
    public void OpenFile_HeldForWriting_GivesUnreadable()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x", [1]);
        using FileStream writer = new(path, FileMode.Open, FileAccess.Write, FileShare.None);

        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => MappedRegion.OpenFile(path));

        Assert.AreEqual("MOEQ1003", failure.Code);
        Assert.Contains(path, failure.Message);
    }

    private sealed class CountingOwner : IDisposable
    {
        public int Count { get; private set; }

        public void Dispose() => Count++;
    }

    private sealed class NativeBuffer : SafeBuffer
    {
        public NativeBuffer(int bytes)
            : base(ownsHandle: true)
        {
            SetHandle(Marshal.AllocHGlobal(bytes));
            Initialize((ulong)bytes);
        }

        protected override bool ReleaseHandle()
        {
            Marshal.FreeHGlobal(handle);
            return true;
        }
    }

    /// <summary>Resident pages of files and shared memory: the third field of /proc/self/statm.</summary>
    private static long FileBackedBytes() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[2], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
