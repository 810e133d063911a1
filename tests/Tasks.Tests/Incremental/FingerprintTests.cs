using MoEQuant.Build.Tasks.Incremental;

namespace MoEQuant.Tasks.Tests.Incremental;

[TestClass]
public sealed class FingerprintTests
{
    private static readonly DateTime Time = new(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [TestMethod]
    public void Compute_Files_GivesExactlyTheseLines()
    {
        using TemporaryFolder folder = new();
        string b = Create(folder, "b.json", "12");
        string a = Create(folder, "a.json", "1");
        string engine = Create(folder, "moequant.dll", "123");

        Assert.AreEqual(
            """
            MoEQuant.Build fingerprint 3
            folder models/m
            argument --scheme
            argument W3A16
            engine a665a45920422f9d417e4867efdc4fb8a04a1f3fff1fa07e998e86f7f7a27ae3 moequant.dll
            checkpoint 1 2024-01-02T03:04:05.0000000Z a.json
            checkpoint 2 2024-01-02T03:04:05.0000000Z b.json

            """,
            Fingerprint.Compute("models\\m/", ["--scheme", "W3A16"], [engine], [b, a]));
    }

    [TestMethod]
    public void Compute_MissingFile_IsALineLikeOthers()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("absent.txt");
        string missing = Fingerprint.Compute("m", [], [], [file]);
        Create(folder, "absent.txt", "1");

        Assert.Contains("checkpoint missing ", missing);
        Assert.AreNotEqual(missing, Fingerprint.Compute("m", [], [], [file]));
    }

    [TestMethod]
    public void Compute_AnySingleChange_ChangesTheText()
    {
        using TemporaryFolder folder = new();
        string file = Create(folder, "a.json", "1");
        string other = Create(folder, "b.json", "1");
        List<string> texts =
        [
            Fingerprint.Compute("m", ["--scheme", "W3A16"], [file], [file]),
            Fingerprint.Compute("n", ["--scheme", "W3A16"], [file], [file]),
            Fingerprint.Compute("m", ["--scheme", "W4A16"], [file], [file]),
            Fingerprint.Compute("m", ["--scheme", "W3A16"], [file], [file, other]),
            Fingerprint.Compute("m", ["--scheme", "W3A16"], [file], []),
            Fingerprint.Compute("m", ["--scheme", "W3A16"], [file], [other]),
            Fingerprint.Compute("m", ["--scheme", "W3A16"], [], [file]),
        ];
        File.SetLastWriteTimeUtc(file, Time.AddTicks(10));
        texts.Add(Fingerprint.Compute("m", ["--scheme", "W3A16"], [], [file]));
        Create(folder, "a.json", "12");
        texts.Add(Fingerprint.Compute("m", ["--scheme", "W3A16"], [], [file]));

        // A rebuilt engine of the same size, with the one time that all files of a package have.
        texts.Add(Fingerprint.Compute("m", ["--scheme", "W3A16"], [Create(folder, "moequant.dll", "123")], []));
        texts.Add(Fingerprint.Compute("m", ["--scheme", "W3A16"], [Create(folder, "moequant.dll", "124")], []));

        Assert.HasCount(texts.Count, texts.Distinct());
    }

    private static string Create(TemporaryFolder folder, string name, string content)
    {
        string path = folder.File(name);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, Time);
        return path;
    }
}
