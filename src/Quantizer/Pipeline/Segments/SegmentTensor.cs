using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>A finished tensor: the bytes that go into the packed file, and what is known about them.</summary>
internal sealed record SegmentTensor
{
    private SegmentTensor(TensorStatistics statistics) => Statistics = statistics;

    /// <summary>Name, sizes and errors.</summary>
    public TensorStatistics Statistics { get; }

    /// <summary>The values of a tensor that stays plain; empty otherwise.</summary>
    public float[] Values { get; private init; } = [];

    /// <summary>How the packed matrix is described in the file; null for a plain tensor.</summary>
    public PackedMatrixRecord? Record { get; private init; }

    /// <summary>The packed weights in consecutive parts, since those of a large vocabulary may exceed what one array holds.</summary>
    public IReadOnlyList<byte[]> Weights { get; private init; } = [];

    /// <summary>V, packed; empty at rank 0.</summary>
    public byte[] InputFactor { get; private init; } = [];

    /// <summary>U transposed, packed; empty at rank 0.</summary>
    public byte[] OutputFactor { get; private init; } = [];

    /// <summary>A tensor of plain floats.</summary>
    public static SegmentTensor Plain(PlannedTensor tensor, float[] values) =>
        new(Describe(tensor) with { WeightBytes = values.Length * (long)sizeof(float) }) { Values = values };

    /// <summary>A matrix that was quantized as a whole.</summary>
    public static SegmentTensor Packed(PlannedTensor tensor, MatrixTreatment treatment, QuantizedMatrix matrix) => Packed(tensor, treatment, [BlockResult.From(matrix)]);

    /// <summary>A packed matrix, put together from blocks of rows.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="treatment">Its treatment, with a recipe.</param>
    /// <param name="blocks">Blocks in the order of the rows.</param>
    public static SegmentTensor Packed(PlannedTensor tensor, MatrixTreatment treatment, IReadOnlyList<BlockResult> blocks)
    {
        MatrixRecipe recipe = treatment.Recipe ?? throw new ArgumentException($"{tensor.Name} has no recipe.", nameof(treatment));
        GroupScheme scheme = recipe.Groups;
        PackedShape shape = new(tensor.Rows, tensor.Columns, scheme.Bits, scheme.GroupSize, scheme.Symmetric);
        BlockResult first = blocks[0];
        byte[][] weights = [.. blocks.Select(block => block.Weights)];
        if (weights.Sum(part => (long)part.Length) != shape.TotalBytes)
            throw new InvalidOperationException($"The blocks of {tensor.Name} have {weights.Sum(part => (long)part.Length)} bytes, not {shape.TotalBytes}.");
        TensorStatistics statistics = Describe(tensor) with
        {
            Bits = scheme.Bits,
            GroupSize = scheme.GroupSize,
            Symmetric = scheme.Symmetric,
            Rank = recipe.Rank,
            RequestedRank = treatment.RequestedRank,
            WeightBytes = shape.TotalBytes,
            CompensatorBytes = first.InputFactor.Length + first.OutputFactor.Length,
            SquaredNorm = blocks.Sum(block => block.SquaredNorm),
            PlainError = blocks.Sum(block => block.PlainError),
            FinalError = blocks.Sum(block => block.FinalError),
            OutputNorm = blocks.Sum(block => block.OutputNorm),
            OutputError = blocks.Sum(block => block.OutputError),
        };
        PackedMatrixRecord record = new(0, tensor.Rows, tensor.Columns, scheme.Bits, recipe.Rank > 0 ? recipe.CompensatorBits : 0, scheme.GroupSize, scheme.Symmetric,
            PackedMatrixRecord.Tile16Layout, recipe.Rank, shape.TotalBytes, first.InputFactor.Length, first.OutputFactor.Length,
            treatment.Activations);
        return new(statistics) { Record = record, Weights = weights, InputFactor = first.InputFactor, OutputFactor = first.OutputFactor };
    }

    /// <summary>A tensor as an earlier run left it.</summary>
    public static SegmentTensor Restore(TensorStatistics statistics, float[] values, PackedMatrixRecord? record, IReadOnlyList<byte[]> weights, byte[] inputFactor, byte[] outputFactor) =>
        new(statistics) { Values = values, Record = record, Weights = weights, InputFactor = inputFactor, OutputFactor = outputFactor };

    /// <summary>Writes the tensor into a packed file.</summary>
    public void WriteTo(PackedModelWriter writer)
    {
        if (Record is { } record)
            writer.WriteMatrix(Statistics.Name, record, [.. Weights], InputFactor, OutputFactor);
        else if (Statistics.Columns == 0)
            writer.WriteVector(Statistics.Name, Values, Statistics.Rows);
        else
            writer.WriteVector(Statistics.Name, Values, Statistics.Rows, Statistics.Columns);
    }

    private static TensorStatistics Describe(PlannedTensor tensor) => new()
    {
        Name = tensor.Name,
        Kind = MatrixKind.Of(tensor),
        Role = tensor.Role,
        Layer = tensor.Layer,
        Expert = tensor.Expert,
        Rows = tensor.Rows,
        Columns = tensor.Columns,
    };
}
