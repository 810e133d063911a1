using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Algorithms.EAQuant;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>What a user decides about a packed model. Equal options on equal weights give equal bytes; <see cref="ThreadCount"/> has no influence on them.</summary>
public sealed record QuantizationOptions
{
    /// <summary>The default of <see cref="DenseRank"/>.</summary>
    /// <remarks>
    /// Chosen by the KL divergence from the unquantized model on three small trained models, with the packed file limited to 36 % of the checkpoint: a byte of rank lowers it most in
    /// the matrices that every token passes. tiny-deepseek-moe at W3A16: dense/sparse ranks 0/0 0.0175, 8/8 0.0093, 16/8 0.0065, 16/12 0.0063, 24/8 0.0056, 32/8 0.0047 (35.8 % of the checkpoint).
    /// </remarks>
    public const int DefaultDenseRank = 32;

    /// <summary>The default of <see cref="SparseRank"/>.</summary>
    public const int DefaultSparseRank = 8;

    /// <summary>The default of <see cref="ActivationGroupSize"/>.</summary>
    public const int DefaultActivationGroupSize = 64;

    /// <summary>The largest rank that can be asked for.</summary>
    public const int LargestRank = 4096;

    /// <summary>The model's name in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Bits of weights and activations.</summary>
    public QuantizationScheme Scheme { get; init; } = new(3, 16);

    /// <summary>Columns that share a scale and a zero point: 32, 64 or 128.</summary>
    public int GroupSize { get; init; } = 64;

    /// <summary>Columns that share an activation scale, 32, 64 or 128, raised to a matrix's own group size where that is larger; 0 for one scale per token. Only where the scheme quantizes activations.</summary>
    public int ActivationGroupSize { get; init; } = DefaultActivationGroupSize;

    /// <summary>The part of the activations' range that is represented, 1 to 100 percent; null for 100, but 90 with 4 bits and one scale per token.</summary>
    public int? ActivationClipPercent { get; init; }

    /// <summary>Whether groups have no zero points.</summary>
    public bool Symmetric { get; init; }

    /// <summary>How codes are found; null for the best that is possible: error feedback with calibration, HQQ without.</summary>
    public RoundingMethod? Rounding { get; init; }

    /// <summary>How ranks are spread over matrices.</summary>
    public RankPolicy RankPolicy { get; init; }

    /// <summary>Average compensator rank of matrices that every token uses; limited by each matrix's smaller side.</summary>
    public int DenseRank { get; init; } = DefaultDenseRank;

    /// <summary>Average compensator rank of routed experts' matrices; limited by each matrix's smaller side.</summary>
    public int SparseRank { get; init; } = DefaultSparseRank;

    /// <summary>Bits of the compensators' factors: 8 or 3.</summary>
    public int CompensatorBits { get; init; } = 8;

    /// <summary>Stored bits per weight of the layers' linear matrices that <see cref="Planning.RankPolicy.Budget"/> spends; null for what uniform ranks would take.</summary>
    public double? TargetBitsPerWeight { get; init; }

    /// <summary>The length of the packed file in bytes that <see cref="Planning.RankPolicy.Budget"/> may reach; null for none.</summary>
    public long? TargetSize { get; init; }

    /// <summary>A JSON file that tells how often each expert is used, for <see cref="Planning.RankPolicy.Frequency"/>; null for none.</summary>
    public string? StatisticsFile { get; init; }

    /// <summary>Bits of the routers: 8, or 32 for plain floats.</summary>
    public int RouterBits { get; init; } = 32;

    /// <summary>Bits of the token embedding and the output head.</summary>
    public int EmbeddingBits { get; init; } = 8;

    /// <summary>Smoothing, router alignment and rotation.</summary>
    public CorrectionOptions Corrections { get; init; } = new();

    /// <summary>What matrices are calibrated on; nothing by default.</summary>
    public CalibrationOptions Calibration { get; init; } = new();

    /// <summary>What computes: <c>managed</c>, which gives the same bytes on every machine, or another device with the version of its library.</summary>
    public string Device { get; init; } = DeviceNames.Managed;

    /// <summary>Threads that quantize; at least 1.</summary>
    public int ThreadCount { get; init; } = Environment.ProcessorCount;

    /// <summary>A folder that keeps finished layers, so that interrupted runs go on and equal ones need no time; null for none.</summary>
    public string? CacheFolder { get; init; }
}
