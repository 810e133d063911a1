using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Algorithms.EAQuant;

/// <summary>Which corrections of EAQuant (arXiv 2506.13329) are applied. Calibration balance, the third of them, is <see cref="Calibration.CalibrationOptions.BalanceRatio"/>.</summary>
public sealed record CorrectionOptions
{
    /// <summary>Expert-aware smoothing; needs calibration. Null for where activations are quantized.</summary>
    public bool? Smoothing { get; init; }

    /// <summary>Fit each router to what it sees behind the quantized layers, and search its clip ratios where it is quantized; needs calibration. Null for where activations are quantized: behind exact activations a fitted router gained nothing (W3A16, 8,192 tokens: divergence of two small models +5 % and −2 %).</summary>
    public bool? RouterAlignment { get; init; }

    /// <summary>Rotation; null for <see cref="RotationMode.Online"/> with 4-bit activations, none otherwise.</summary>
    public RotationMode? Rotation { get; init; }

    internal bool Smooths(QuantizationScheme scheme) => Smoothing ?? scheme.QuantizesActivations;

    internal bool AlignsRouters(QuantizationScheme scheme) => RouterAlignment ?? scheme.QuantizesActivations;

    internal RotationMode RotationFor(QuantizationScheme scheme) => Rotation ?? (scheme.ActivationBits == 4 ? RotationMode.Online : RotationMode.None);
}
