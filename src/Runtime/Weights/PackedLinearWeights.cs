using MoEQuant.Kernels;
using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Weights;

/// <summary>Packed group-quantized weights with their low-rank compensator: W ≈ Q + U V (MiLo, arXiv 2504.02658), executed from the mapped bytes.</summary>
public sealed unsafe class PackedLinearWeights : LinearWeights
{
    private readonly PackedMatrix _matrix;
    private readonly LowRankFactor _inputFactor;
    private readonly LowRankFactor _outputFactor;

    /// <summary>Wraps packed weights; the memory stays the caller's and must outlive this object.</summary>
    /// <param name="matrix">Q.</param>
    /// <param name="inputFactor">V, [rank, K]; ignored for rank 0.</param>
    /// <param name="outputFactor">U transposed, [rank, N]; ignored for rank 0.</param>
    /// <param name="rank">The compensator's rank; 0 means there is none.</param>
    /// <param name="inputTreatment">What happens to the inputs; a rotation concerns Q and the compensator, quantization Q alone.</param>
    public PackedLinearWeights(PackedMatrix matrix, LowRankFactor inputFactor, LowRankFactor outputFactor, int rank, InputTreatment inputTreatment = default)
        : base(matrix.Shape.Rows, matrix.Shape.Columns)
    {
        _matrix = matrix;
        _inputFactor = inputFactor;
        _outputFactor = outputFactor;
        Rank = rank;
        InputTreatment = inputTreatment;
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override InputTreatment InputTreatment { get; }

    internal override LinearOperand Operand => new(_matrix, Rank, _inputFactor, _outputFactor);

    /// <inheritdoc/>
    public override void Project(MatrixKernel kernel, in LinearInput x, int firstRank, int endRank, float* latent)
    {
        if (Rank > 0)
            kernel.Project(_inputFactor, x.Values, firstRank, endRank, latent, Rank);
    }

    /// <inheritdoc/>
    public override void Multiply(MatrixKernel kernel, in LinearInput x, float* latent, int firstTile, int endTile, float* y, nint yStride)
    {
        LowRankExpansion expansion = Rank > 0 ? new LowRankExpansion(_outputFactor, latent, Rank) : default;
        if (InputTreatment.Quantization is null)
            kernel.Multiply(_matrix, x.Values, expansion, firstTile, endTile, y, yStride);
        else
            kernel.Multiply(_matrix, x.Quantized, expansion, firstTile, endTile, y, yStride);
    }

    /// <inheritdoc/>
    public override void ReadRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, OutFeatures);

        // One tile at a time: a large embedding is longer than a span can be.
        int tile = Math.DivRem(row, PackedShape.TileRows, out int rowInTile);
        int tileRows = Math.Min(PackedShape.TileRows, OutFeatures - (tile * PackedShape.TileRows));
        PackedShape whole = _matrix.Shape;
        var shape = new PackedShape(tileRows, whole.Columns, whole.Bits, whole.GroupSize, whole.Symmetric);
        var packed = new ReadOnlySpan<byte>(_matrix.Data + (tile * shape.TileBytes), checked((int)shape.TileBytes));
        MatrixPacker.DequantizeRow(packed, shape, rowInTile, destination);
        if (Rank > 0)
            AddCompensatorRow(row, destination[..InFeatures]);

        // Stored are the weights of rotated inputs, W H; H is its own inverse.
        if (InputTreatment.RotationBlock > 0)
            HadamardRotation.Apply(destination[..InFeatures], InputTreatment.RotationBlock);
    }

    private void AddCompensatorRow(int row, Span<float> destination)
    {
        float[] input = Unpack(_inputFactor), output = Unpack(_outputFactor);
        for (int rank = 0; rank < Rank; rank++)
            VectorMath.MultiplyAdd(input.AsSpan(rank * InFeatures, InFeatures), output[(rank * OutFeatures) + row], destination, destination);
    }

    private static float[] Unpack(LowRankFactor factor)
    {
        var values = new float[checked(factor.Shape.Rank * factor.Shape.Length)];
        FactorPacker.Unpack(new ReadOnlySpan<byte>(factor.Data, checked((int)factor.Shape.TotalBytes)), factor.Shape, values);
        return values;
    }
}
