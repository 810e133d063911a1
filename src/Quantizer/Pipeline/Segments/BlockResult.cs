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
}
