using System.Text;
using System.Text.Json;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Caching;
using MoEQuant.Quantizer.Pipeline.Parts;

namespace MoEQuant.Quantizer.Tests.Pipeline.Parts;

/// <summary>Files that do not make up a run: each has its code, says what to do, and nothing is written.</summary>
[TestClass]
public sealed class PartSetTests : IDisposable
{
    private readonly DividedRun _run = new();

    public void Dispose() => _run.Dispose();

    [TestMethod]
    public void Open_PartsMissing_NamesThem()
    {
        string[] parts = _run.Parts(4);
        Assert.Contains("Of 4 parts number 3 is missing.", Fails("MOEQ3091", parts[3], parts[0], parts[1]));
        Assert.Contains("Of 4 parts numbers 1, 2, 4 are missing.", Fails("MOEQ3091", parts[2]));
    }

    [TestMethod]
    public void Open_PartTwice_NamesBothFiles()
    {
        string[] parts = _run.Parts(2);
        File.Copy(parts[1], _run.File("copy.part"));
        string found = Fails("MOEQ3092", parts[0], parts[1], _run.File("copy.part"));
        Assert.Contains($"Part 2/2 is also in {_run.File("copy.part")}.", found);
        Fails("MOEQ3092", parts[0], parts[0]);
    }

    [TestMethod]
    public void Open_PartsOfDifferentRuns_SaysInWhatTheyDiffer()
    {
        string first = _run.Part(1, 2), ofThree = _run.Part(2, 3);
        Assert.Contains("differ in the number of parts: 3 and 2.", Fails("MOEQ3090", first, ofThree));
        Assert.Contains("differ in the options.", Fails("MOEQ3090", first, _run.Part(2, 2, DividedRun.Options with { SparseRank = 0 })));
        Assert.Contains("differ in the model's name: 'other' and 'n'.", Fails("MOEQ3090", first, _run.Part(2, 2, DividedRun.Options with { Name = "other" })));

        string weights = Path.Combine(_run.Checkpoint, "model.safetensors");
        byte[] changed = File.ReadAllBytes(weights);
        changed[^2] ^= 1;
        File.WriteAllBytes(weights, changed);
        Assert.Contains("differ in the checkpoint's files", Fails("MOEQ3090", first, _run.Part(2, 2)));
    }

    [TestMethod]
    public void Open_DamagedAnywhere_IsFoundBeforeAnythingIsWritten()
    {
        string[] parts = _run.Parts(2);
        byte[] whole = File.ReadAllBytes(parts[1]);
        foreach (int place in (int[])[0, 9, 16, 21, whole.Length / 2, whole.Length - 40, whole.Length - 1])
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 4;
            File.WriteAllBytes(parts[1], damaged);
            string found = Fails(place == 0 ? "MOEQ3088" : "MOEQ3089", parts);
            Assert.Contains("Of 2 parts number 2 is missing.", found);
        }
    }

    [TestMethod]
    public void Open_Truncated_SaysBothLengths()
    {
        string[] parts = _run.Parts(2);
        byte[] whole = File.ReadAllBytes(parts[0]);
        foreach (int length in (int[])[16, 47, 48, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(parts[0], whole[..length]);
            Assert.Contains($"The file has {length} bytes; its beginning says {whole.Length}.", Fails("MOEQ3089", parts));
        }

        foreach (int length in (int[])[0, 15])
        {
            File.WriteAllBytes(parts[0], whole[..length]);
            Fails("MOEQ3088", parts);
        }
    }

    [TestMethod]
    public void Open_SeveralBadFiles_NamesAllOfThem()
    {
        string[] parts = _run.Parts(3);
        File.WriteAllText(parts[0], "garbage");
        File.Delete(parts[2]);
        string found = Fails("MOEQ3088", parts);
        Assert.Contains($"{parts[2]}: Could not find file", found);
        Assert.Contains("Of 3 parts numbers 1, 3 are missing.", found);
    }

    [TestMethod]
    public void Open_OtherFiles_AreNoParts()
    {
        string part = _run.Part(1, 1, DividedRun.Options with { CacheFolder = _run.Cache });
        string segment = Directory.GetFiles(_run.Cache, "*.segment", SearchOption.AllDirectories)[0];
        byte[] model = _run.MergedBytes(part);
        File.WriteAllBytes(_run.File("whole.moeq"), model);
        Fails("MOEQ3088", segment);
        Fails("MOEQ3088", _run.File("whole.moeq"));
        Fails("MOEQ3087", _run.File("none.part"));
        Fails("MOEQ3087", _run.Checkpoint);
    }

    [TestMethod]
    public void Open_SealedNonsense_IsNoPart()
    {
        PartHead good = Head(_run.Part(1, 1));
        foreach (byte[] content in (byte[][])[[], [1], [0, 0, 0, 0], [255, 255, 255, 127], [255, 255, 255, 255], Tail("null"), Tail("[]"), Tail("{"), Tail("{}"), Tail("""{"Format":"moequant-part/1"}"""), Tail("""{"Format":"moequant-part/2"}""")])
            Fails("MOEQ3088", Sealed(content));
        // Heads that lie about what stands before them.
        Fails("MOEQ3088", Sealed(good with { Units = [] }));
        Fails("MOEQ3088", Sealed(good with { Units = [.. good.Units.Select(unit => unit with { Offset = 1L << 40 })] }));
        Fails("MOEQ3088", Sealed(good with { Files = [.. good.Files.Select(file => file with { Length = int.MaxValue })] }));
        Fails("MOEQ3088", Sealed(good with { Files = [] }));
        Assert.Contains("Part 1/1 was made by moequant 0.0.1; this is ", Fails("MOEQ3090", Sealed(good with { Tool = "0.0.1" })));
    }

    [TestMethod]
    public void Merge_UnitsExchanged_AreNotTakenForEachOther()
    {
        string part = _run.Part(1, 1);
        PartHead head = Head(part);
        byte[] content = File.ReadAllBytes(part)[SealedFile.HeadBytes..];
        PartUnit[] units = [head.Units[0], head.Units[1] with { Offset = head.Units[2].Offset }, head.Units[2] with { Offset = head.Units[1].Offset }, head.Units[3]];
        SealedFile.Write(part, stream =>
        {
            stream.Write(content);
            PartFile.WriteHead(stream, head with { Units = units });
        });
        Assert.Contains("Layer 1 in the file does not have the tensors of the model.", Fails("MOEQ3088", part));
    }

    private static byte[] Tail(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        return [.. bytes, .. BitConverter.GetBytes(bytes.Length)];
    }

    private static PartHead Head(string path)
    {
        using PartFile file = PartFile.Open(path, CancellationToken.None);
        return file.Head;
    }

    private string Sealed(PartHead head) => Sealed(Tail(JsonSerializer.Serialize(head)));

    private string Sealed(byte[] content)
    {
        SealedFile.Write(_run.File("sealed.part"), stream => stream.Write(content));
        return _run.File("sealed.part");
    }

    /// <summary>Merges, which must fail with the code, leave an earlier output as it was and nothing beside it; returns what was found.</summary>
    private string Fails(string code, params string[] parts)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_run.Output)!);
        File.WriteAllText(_run.Output, "the earlier one");
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => _run.Merge(parts));
        Assert.AreEqual(code, failure.Code, failure.Message);
        Assert.AreEqual("the earlier one", File.ReadAllText(_run.Output));
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(_run.Output)!));
        return failure.Found;
    }
}
