using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format.Tests;

/// <summary>
/// Thousands of damaged files, each in memory that ends at an inaccessible page: an out-of-range read ends the test process, anything but a coded error fails the test,
/// and what opens in spite of its damage must keep every promise that later reads rely on.
/// </summary>
[TestClass]
public sealed class ReaderFuzzTests
{
    private const int Mutations = 12_000;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [Timeout(120_000, CooperativeCancellation = false)]
    public void SafetensorsFile_DamagedFiles_GiveCodedErrorsOrSoundFiles(int seed)
    {
        const string header = "{\"__metadata__\":{\"format\":\"pt\"},\"model.norm.weight\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}," +
            "\"a\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[16,28]},\"b\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[28,33]}}    ";
        Fuzz(RawSafetensors.File(header, 33), seed, file => RawSafetensors.Open(file, opened => WalkTensors(opened, file.Length)), expectedCodes: 13);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(4)]
    [Timeout(120_000, CooperativeCancellation = false)]
    public void PackedModelFile_DamagedFiles_GiveCodedErrorsOrSoundFiles(int seed)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("x.moeq");
        using (PackedModelWriter writer = new(path, PackedModels.Header with { RecordCapacity = 64 }, PackedModels.Contents))
        {
            PackedModels.WriteContents(writer);
            writer.Commit("{\"k\":[1]}");
        }

        Fuzz(File.ReadAllBytes(path), seed, file => RawSafetensors.OpenPacked(file, opened => WalkModel(opened, file.Length)), expectedCodes: 20);
    }

    private void Fuzz(byte[] original, int seed, Action<byte[]> open, int expectedCodes)
    {
        FileMutator mutator = new(original, seed);
        Dictionary<string, int> outcomes = [];
        for (int i = 0; i < Mutations; i++)
        {
            string outcome;
            try
            {
                open(mutator.Next());
                outcome = "opened";
            }
            catch (MoEQuantException failure)
            {
                outcome = failure.Code;
                Assert.IsFalse(failure.Message.Any(char.IsControl), failure.Message);
            }

            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        TestContext.WriteLine(string.Join(", ", outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}")));
        // Damage that never gets past the first check would prove nothing.
        Assert.IsGreaterThanOrEqualTo(expectedCodes, outcomes.Count);
        Assert.IsGreaterThan(Mutations / 100, outcomes.GetValueOrDefault("opened"));
    }

    private static void WalkTensors(SafetensorsFile file, long length)
    {
        long position = file.DataOffset;
        foreach (TensorEntry tensor in file.Tensors)
        {
            Assert.AreEqual(position, tensor.Offset, tensor.Name);
            Assert.AreEqual(tensor.Length, tensor.Shape.Aggregate((Int128)tensor.Type.ElementSize(), (product, dimension) => product * dimension));
            Touch(file, tensor.Offset, tensor.Length);
            position += tensor.Length;
            Assert.IsTrue(file.TryGetTensor(tensor.Name, out TensorEntry? found));
            Assert.AreSame(tensor, found);
        }

        Assert.AreEqual(length, position);
    }

    private static void WalkModel(PackedModelFile model, long length)
    {
        WalkTensors(model.Container, length);
        foreach (string name in model.FileNames)
        {
            Assert.IsTrue(model.TryGetFile(name, out ReadOnlySpan<byte> content));
            Assert.IsGreaterThan(0, content.Length);
            Assert.IsLessThan(256, (int)content[^1]);
        }

        foreach (string name in model.VectorNames)
        {
            Assert.IsTrue(model.TryGetVector(name, out TensorEntry? vector));
            Assert.AreEqual(0, vector.Length % sizeof(float));
        }

        foreach (string name in model.MatrixNames)
        {
            Assert.IsTrue(model.TryGetMatrix(name, out PackedMatrixRecord record, out TensorEntry? tensor));
            Assert.AreEqual(name, tensor.Name);
            Assert.AreSame(tensor, model.Container.Tensors[record.TensorOrdinal]);
            Assert.AreEqual(tensor.Length, record.TotalBytes);
            Assert.IsTrue(record is { Rows: > 0, Columns: > 0, Bits: 3 or 4 or 8, GroupSize: 32 or 64 or 128, Layout: 1, Rank: >= 0 } && (record.Rank == 0) == (record.CompensatorBits == 0));
            Assert.IsTrue(record.Activations is { Bits: 0 or 4 or 8, GroupSize: 0 or 32 or 64 or 128, ClipPercent: >= 0 and <= 100, RotationBlock: 0 or 32 or 64 or 128 });
            Touch(model.Container, tensor.Offset, record.WeightBytes);
            Touch(model.Container, tensor.Offset + record.InputFactorOffset, record.InputFactorBytes);
            Touch(model.Container, tensor.Offset + record.OutputFactorOffset, record.OutputFactorBytes);
        }
    }

    private static unsafe void Touch(SafetensorsFile file, long offset, long length)
    {
        byte* bytes = file.Region.Pointer(offset, length);
        if (length > 0)
            Assert.IsLessThan(512, bytes[0] + bytes[length - 1]);
    }
}
