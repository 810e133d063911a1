using MoEQuant.Quantizer.Algorithms.EAQuant;

namespace MoEQuant.Quality.Ablation;

/// <summary>A combination of corrections.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Corrections">Smoothing, router alignment, rotation.</param>
/// <param name="BalanceRatio">r of the calibration balance; 0 for none.</param>
internal sealed record AblationRow(string Name, CorrectionOptions Corrections, double BalanceRatio)
{
    private static readonly CorrectionOptions None = new() { Smoothing = false, RouterAlignment = false, Rotation = RotationMode.None };
    private static readonly CorrectionOptions Both = None with { Smoothing = true, RouterAlignment = true };

    /// <summary>The rows of each table.</summary>
    public static IReadOnlyList<AblationRow> All { get; } =
    [
        new("plain", None, 0),
        new("smoothing", None with { Smoothing = true }, 0),
        new("router alignment", None with { RouterAlignment = true }, 0),
        new("balance r = 2", None, 2),
        new("all three", Both, 2),
        new("all three, rotated inputs", Both with { Rotation = RotationMode.Online }, 2),
        new("all three, fused rotation", Both with { Rotation = RotationMode.Fused }, 2),
    ];
}
