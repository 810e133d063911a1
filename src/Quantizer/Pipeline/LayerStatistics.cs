namespace MoEQuant.Quantizer.Pipeline;

/// <summary>What is known about a layer beyond its tensors.</summary>
public sealed record LayerStatistics
{
    /// <summary>The layer; -1 for what stands before and after the layers.</summary>
    public required int Layer { get; init; }

    /// <summary>Seconds that the layer took.</summary>
    public double Seconds { get; init; }

    /// <summary>Share of the experts picked by the original router that the quantized network picks too, over the calibration's tokens; null without calibration or router.</summary>
    public double? RouterAgreement { get; init; }

    /// <summary>The routed experts' calibration; empty without calibration or router.</summary>
    public IReadOnlyList<ExpertStatistics> Experts { get; init; } = [];
}
