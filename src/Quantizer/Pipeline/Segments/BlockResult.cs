using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>What became of a block.</summary>
internal sealed record BlockResult
{
    /// <summary>The values of a tensor that stays plain; empty otherwise.</summary>
    public float[] Plain { get; init; } = [];

    /// <summary>The packed rows; empty for plain tensors.</summary>
    public byte[] Weights { get; init; } = [];

    /// <summary>V, packed; empty at rank 0.</summary>
    public byte[] InputFactor { get; init; } = [];

    /// <summary>U transposed, packed; empty at rank 0.</summary>
    public byte[] OutputFactor { get; init; } = [];

    /// <summary>‖W‖² of the rows.</summary>
    public double SquaredNorm { get; init; }

    /// <summary>Squared error of group quantization alone.</summary>
    public double PlainError { get; init; }

    /// <summary>Squared error as stored.</summary>
    public double FinalError { get; init; }

    /// <summary>tr(W H Wᵀ) with the covariance H of the inputs; 0 without calibration.</summary>
    public double OutputNorm { get; init; }

    /// <summary>tr(D H Dᵀ) with D = W − Ŵ; 0 without calibration.</summary>
    public double OutputError { get; init; }

    /// <summary>Packs a quantized matrix, or quantized rows of one.</summary>
    public static BlockResult From(QuantizedMatrix matrix) => new()
    {
        Weights = Pack(matrix.Groups),
        InputFactor = matrix.InputFactor,
        OutputFactor = matrix.OutputFactor,
        SquaredNorm = matrix.SquaredNorm,
        PlainError = matrix.PlainError,
        FinalError = matrix.FinalError,
        OutputNorm = matrix.OutputNorm,
        OutputError = matrix.OutputError,
    };

    private static byte[] Pack(QuantizedGroups groups)
    {
        PackedShape shape = new(groups.Rows, groups.Columns, groups.Scheme.Bits, groups.Scheme.GroupSize, groups.Scheme.Symmetric);
        byte[] packed = new byte[checked((int)shape.TotalBytes)];
        MatrixPacker.Pack(groups.Codes, groups.Scales, groups.Scheme.Symmetric ? [] : groups.ZeroPoints, shape, packed);
        return packed;
    }
}
