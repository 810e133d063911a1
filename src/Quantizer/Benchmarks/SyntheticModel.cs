using System.Buffers;
using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>
/// A packed file of a published model's shape whose codes are random bytes: what it says means nothing, how fast it is means everything. Its file is deleted with this object.
/// </summary>
/// <remarks>A file, not memory, so that loading, mapping and resident memory are those of a real model.</remarks>
internal sealed class SyntheticModel : IDisposable
{
    private const int ChunkBytes = 1 << 24;

    private SyntheticModel(string path) => Path = path;

    /// <summary>The packed file.</summary>
    public string Path { get; }

    /// <summary>Writes the file; the same arguments give the same bytes.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="layers">Decoder layers.</param>
    /// <param name="format">How matrices are stored.</param>
    /// <param name="seed">Chooses the weights.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    public static SyntheticModel Create(ModelShape shape, int layers, SyntheticFormat format, int seed, CancellationToken cancellationToken = default)
    {
        SyntheticModel model = new(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"moequant-bench-{Guid.NewGuid():N}.moeq"));
        try
        {
            Write(model.Path, shape, layers, format, seed, cancellationToken);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => File.Delete(Path);

    private static void Write(string path, ModelShape shape, int layers, SyntheticFormat format, int seed, CancellationToken cancellationToken)
    {
        byte[] config = shape.Config(layers);
        IReadOnlyList<PlannedTensor> tensors = TensorPlan.For(ModelConfig.Parse(config)).Tensors;
        PackedModelHeader header = new(shape.Name, format.Scheme.ToString(), ToolVersion.Current, ToolVersion.RuntimeRange);
        PackedModelContents contents = new(["config.json", "tokenizer.json"],
            [.. tensors.Where(tensor => !SyntheticFormat.IsPacked(tensor)).Select(tensor => tensor.Name)], [.. tensors.Where(SyntheticFormat.IsPacked).Select(tensor => tensor.Name)]);
        RandomBytes random = new(seed);
        using PackedModelWriter writer = new(path, header, contents);
        writer.WriteFile("config.json", config);
        writer.WriteFile("tokenizer.json", ByteTokenizer.Create());
        foreach (PlannedTensor tensor in tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (SyntheticFormat.IsPacked(tensor))
                WriteMatrix(writer, tensor, format, random);
            else
                WritePlain(writer, tensor, random);
        }

        writer.Commit("{}");
    }

    private static void WriteMatrix(PackedModelWriter writer, PlannedTensor tensor, SyntheticFormat format, RandomBytes random)
    {
        PackedShape weights = format.Weights(tensor);
        int tilesPerPart = (int)Math.Max(1, ChunkBytes / weights.TileBytes);
        List<byte[]> rented = [];
        try
        {
            List<ReadOnlyMemory<byte>> parts = [];
            for (int tile = 0; tile < weights.TileCount; tile += tilesPerPart)
            {
                int bytes = (int)(Math.Min(tilesPerPart, weights.TileCount - tile) * weights.TileBytes);
                rented.Add(ArrayPool<byte>.Shared.Rent(bytes));
                random.FillTiles(rented[^1].AsSpan(0, bytes), weights);
                parts.Add(rented[^1].AsMemory(0, bytes));
            }

            (byte[] input, byte[] output) = format.Factors(tensor) is var (inputShape, outputShape) ? (random.Factor(inputShape), random.Factor(outputShape)) : ([], []);
            writer.WriteMatrix(tensor.Name, format.Record(tensor), parts, input, output);
        }
        finally
        {
            rented.ForEach(buffer => ArrayPool<byte>.Shared.Return(buffer));
        }
    }

    private static void WritePlain(PackedModelWriter writer, PlannedTensor tensor, RandomBytes random)
    {
        if (!tensor.IsVector)
        {
            // Uniform numbers of variance 1 / columns: a router whose logits have the variance of the normalised input, so that tokens spread over the experts.
            writer.WriteVector(tensor.Name, random.Floats(tensor.ElementCount, MathF.Sqrt(3f / tensor.Columns)), tensor.Rows, tensor.Columns);
            return;
        }

        float[] values = random.Floats(tensor.Rows, 0.1f);
        if (tensor.Role == TensorRole.Norm)
            foreach (ref float value in values.AsSpan())
                value += 1;
        writer.WriteVector(tensor.Name, values, tensor.Rows);
    }
}
