using System.Text;
using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tests.Model;

namespace MoEQuant.Runtime.Tests.Weights;

/// <summary>Writes a random model as a packed file: codes, scales and factors are random too, so that the file decides what the weights are.</summary>
internal static class PackedTestModel
{
    public static void Write(string path, RandomModel model, int bits, int groupSize, int rank, int compensatorBits = 8, bool symmetric = false,
        Func<PlannedTensor, bool>? include = null, Func<PlannedTensor, PlannedTensor>? change = null, string[]? withoutFiles = null,
        PackedActivations activations = default, float weightScale = 1)
    {
        PlannedTensor[] tensors = [.. TensorPlan.For(model.Config).Tensors.Where(include ?? (_ => true)).Select(change ?? (tensor => tensor))];
        PlannedTensor[] packed = [.. tensors.Where(IsPacked)], plain = [.. tensors.Where(tensor => !IsPacked(tensor))];
        (string Name, byte[] Content)[] files =
        [
            .. new[] { ("config.json", Encoding.UTF8.GetBytes(model.Json.ToJsonString())), ("tokenizer.json", TestModels.ByteTokenizerJson()) }
                .Where(file => withoutFiles?.Contains(file.Item1) != true),
        ];
        using var writer = new PackedModelWriter(path, new PackedModelHeader("Test", $"W{bits}A16", "0.1.0", "[0.1.0,0.2.0)"),
            new PackedModelContents([.. files.Select(file => file.Name)], [.. plain.Select(t => t.Name)], [.. packed.Select(t => t.Name)]));
        foreach ((string name, byte[] content) in files)
            writer.WriteFile(name, content);
        var random = new Random(17);
        foreach (PlannedTensor tensor in tensors)
        {
            if (IsPacked(tensor))
                WriteMatrix(writer, tensor, random, bits, groupSize, tensor.Role is TensorRole.Embedding or TensorRole.Head ? 0 : rank, compensatorBits, symmetric,
                    tensor.Role is TensorRole.Embedding or TensorRole.Head ? default : activations,
                    tensor.Role is TensorRole.Embedding or TensorRole.Head ? 1 : weightScale);
            else if (tensor.IsVector)
                writer.WriteVector(tensor.Name, model.Tensors[tensor.Name].AsSpan(0, tensor.Rows), tensor.Rows);
            else
                writer.WriteVector(tensor.Name, model.Tensors[tensor.Name], tensor.Rows, tensor.Columns);
        }

        writer.Commit("{}");
    }

    private static bool IsPacked(PlannedTensor tensor) => !tensor.IsVector && tensor.Role != TensorRole.Router;

    private static void WriteMatrix(PackedModelWriter writer, PlannedTensor tensor, Random random, int bits, int groupSize, int rank, int compensatorBits, bool symmetric,
        PackedActivations activations, float weightScale)
    {
        var shape = new PackedShape(tensor.Rows, tensor.Columns, bits, groupSize, symmetric);
        var codes = new byte[tensor.Rows * tensor.Columns];
        foreach (ref byte code in codes.AsSpan())
            code = (byte)random.Next(1 << bits);
        int groups = tensor.Rows * shape.GroupCount;
        float step = weightScale * 1.5f / MathF.Sqrt(tensor.Columns) / (1 << (bits - 1));
        Half[] scales = [.. Enumerable.Range(0, groups).Select(_ => (Half)(step * (0.5f + random.NextSingle())))];
        Half[] zeroPoints = symmetric ? [] : [.. Enumerable.Range(0, groups).Select(_ => (Half)((1 << (bits - 1)) - 0.5f + random.NextSingle()))];
        var weights = new byte[shape.TotalBytes];
        MatrixPacker.Pack(codes, scales, zeroPoints, shape, weights);
        (byte[] input, byte[] output) = rank == 0 ? ([], []) : (Factor(random, rank, tensor.Columns, compensatorBits), Factor(random, rank, tensor.Rows, compensatorBits));
        writer.WriteMatrix(tensor.Name, new PackedMatrixRecord(0, tensor.Rows, tensor.Columns, bits, rank == 0 ? 0 : compensatorBits, groupSize, symmetric,
            PackedMatrixRecord.Tile16Layout, rank, weights.Length, input.Length, output.Length, activations), weights, input, output);
    }

    private static byte[] Factor(Random random, int rank, int length, int bits)
    {
        var shape = new FactorShape(rank, length, bits);
        var packed = new byte[shape.TotalBytes];
        FactorPacker.Pack([.. Enumerable.Range(0, rank * length).Select(_ => 0.2f * (random.NextSingle() - 0.5f))], shape, packed);
        return packed;
    }
}
