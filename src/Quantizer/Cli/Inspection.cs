using MoEQuant.Format;
using MoEQuant.Quantizer.Checkpoints;

namespace MoEQuant.Quantizer.Cli;

/// <summary>What a model file or checkpoint holds. Reads headers only.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format"><c>moeq</c> or <c>checkpoint</c>.</param>
/// <param name="Info">What a packed file says about itself; null for a checkpoint.</param>
/// <param name="FileBytes">Length of the file, or of all weight files.</param>
/// <param name="Tensors">All tensors in file order.</param>
internal sealed record Inspection(string Path, string Format, PackedModelInfo? Info, long FileBytes, IReadOnlyList<InspectedTensor> Tensors)
{
    public long WeightCount => Tensors.Sum(tensor => tensor.WeightCount);

    public long TensorBytes => Tensors.Sum(tensor => tensor.Bytes);

    public double BitsPerWeight => WeightCount == 0 ? 0 : TensorBytes * 8.0 / WeightCount;

    public static Inspection Open(string path) => Directory.Exists(path) ? OfCheckpoint(path) : OfPackedFile(path);

    private static Inspection OfPackedFile(string path)
    {
        using PackedModelFile file = PackedModelFile.Open(path);
        List<InspectedTensor> tensors = [];
        foreach (TensorEntry entry in file.Container.Tensors)
            if (file.TryGetMatrix(entry.Name, out PackedMatrixRecord record, out _))
                tensors.Add(new(entry.Name, "packed", [record.Rows, record.Columns], record.Bits, record.GroupSize, record.Rank, record.WeightBytes + record.InputFactorBytes + record.OutputFactorBytes));
            else if (file.TryGetVector(entry.Name, out _))
                tensors.Add(Plain(entry));
        return new(path, "moeq", file.Info, file.Container.Region.Length, tensors);
    }

    private static Inspection OfCheckpoint(string path)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path);
        return new(path, "checkpoint", null, folder.WeightPaths.Sum(file => new FileInfo(file).Length), [.. folder.Tensors.Select(tensor => Plain(tensor.Entry))]);
    }

    private static InspectedTensor Plain(TensorEntry entry) => new(entry.Name, "plain", [.. entry.Shape], entry.Type.ElementSize() * 8, 0, 0, entry.Length);
}
