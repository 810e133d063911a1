namespace MoEQuant.Quantizer.Calibration;

/// <summary>The tokens of a calibration: sequences that everything is calibrated on, then sequences in reserve for experts that few of those reach.</summary>
/// <param name="Sequences">All sequences.</param>
/// <param name="PrimaryCount">Sequences before the reserve, at least 1.</param>
internal sealed record CalibrationData(TokenSequences Sequences, int PrimaryCount)
{
    /// <summary>Tokens before the reserve.</summary>
    public int PrimaryTokens => PrimaryCount == Sequences.Count ? Sequences.TokenCount : Sequences.Start(PrimaryCount);
}
