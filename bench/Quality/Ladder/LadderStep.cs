namespace MoEQuant.Quality.Ladder;

/// <summary>One way of quantizing, as arguments of <c>moequant quantize</c>.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Arguments">The arguments; <c>{calibration}</c> stands for the calibration text.</param>
internal sealed record LadderStep(string Name, string Arguments)
{
    /// <summary>From rounding to the calibrated default, by stored bits.</summary>
    public static IReadOnlyList<LadderStep> All { get; } =
    [
        new("Round to nearest, 3 bits", "--rounding nearest --dense-rank 0 --sparse-rank 0"),
        new("HQQ, 3 bits", "--dense-rank 0 --sparse-rank 0"),
        new("Calibrated, 3.5 bits", "--calibration {calibration} --target-bits 3.5"),
        new("Calibrated on text that the model writes, 3.5 bits", "--calibration self --target-bits 3.5"),
        new("MiLo, 3-bit compensators", "--compensator-bits 3"),
        new("MiLo, 8-bit compensators (default without calibration)", ""),
        new("Budget without calibration, 4.0 bits", "--target-bits 4.0"),
        new("Calibrated, 4.0 bits", "--calibration {calibration} --target-bits 4.0"),
        new("Round to nearest, 4 bits", "--rounding nearest --scheme W4A16 --dense-rank 0 --sparse-rank 0"),
        new("HQQ, 4 bits", "--scheme W4A16 --dense-rank 0 --sparse-rank 0"),
    ];

    /// <summary>The command line's words.</summary>
    public IEnumerable<string> Words(string calibration) =>
        Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "{calibration}" ? calibration : word);
}
