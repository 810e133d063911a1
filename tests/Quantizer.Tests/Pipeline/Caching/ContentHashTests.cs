using MoEQuant.Quantizer.Pipeline.Caching;

namespace MoEQuant.Quantizer.Tests.Pipeline.Caching;

[TestClass]
public sealed class ContentHashTests
{
    [TestMethod]
    public void Compute_AnyByteOfAnyBlock_Counts()
    {
        using TemporaryFolder folder = new();
        byte[] content = [.. Enumerable.Range(0, 2500).Select(i => (byte)(i * 7))];
        string path = folder.Write("a", content);
        string whole = Hash(1, path);
        Assert.AreEqual(whole, Hash(3, path), "threads");
        foreach (int place in (int[])[0, 999, 1000, 1999, 2000, 2499])
        {
            byte[] changed = [.. content];
            changed[place] ^= 1;
            folder.Write("a", changed);
            Assert.AreNotEqual(whole, Hash(2, path), $"byte {place}");
        }
    }

    [TestMethod]
    public void Compute_TheSameBytesInOtherFiles_Differ()
    {
        using TemporaryFolder folder = new();
        string[] Files(int first) => [folder.Write($"a{first}", new byte[first]), folder.Write($"b{first}", new byte[3000 - first])];
        string[] all = [Hash(1, Files(1000)), Hash(1, Files(2000)), Hash(1, Files(1500)), Hash(1, folder.Write("c", new byte[3000])), Hash(1, folder.Write("d", [])), Hash(1)];
        Assert.HasCount(all.Length, all.Distinct());
        Assert.AreEqual(Hash(1), Hash(1, folder.File("missing")));
    }

    private static string Hash(int threads, params string[] files) => string.Concat(ContentHash.Compute(files, threads, CancellationToken.None, blockBytes: 1000).Select(Convert.ToHexString));
}
