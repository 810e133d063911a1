namespace MoEQuant.Quantizer.Calibration;

/// <summary>What the model is calibrated on, and how. Equal options on equal inputs give equal bytes.</summary>
/// <remarks>
/// Memory: the hidden states of both streams, 2 × tokens × hidden size × 4 bytes; and while a layer is worked on its inputs in both streams, about as much again at each of two sites, and
/// tokens × experts × 8 bytes for the routing. With 49,152 tokens of hidden size 2,048: 0.8 GB and 1.6 GB. <see cref="SequenceCount"/> is the dial.
/// </remarks>
public sealed record CalibrationOptions
{
    /// <summary>Where the tokens come from.</summary>
    public CalibrationSource Source { get; init; } = CalibrationSource.None;

    /// <summary>The text files of <see cref="CalibrationSource.Files"/>: UTF-8, one or more, taken as one text in this order.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Tokens per sequence, at least 2; at most what the model was made for.</summary>
    public int SequenceLength { get; init; } = 256;

    /// <summary>Sequences that every matrix is calibrated on; fewer where the text is short. Another third is kept in reserve for experts that few tokens reach.</summary>
    public int SequenceCount { get; init; } = 128;

    /// <summary>Chooses the sequences, and what the model writes itself.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// r: every expert is calibrated on at least r times the average number of tokens per expert, tokens × experts per token / experts (EAQuant, arXiv 2506.13329, section 3.4, where r = 2 is
    /// best). 0 takes what the router sends.
    /// </summary>
    /// <remarks>As below without drift correction: r = 0 0.00348, r = 2 0.00313.</remarks>
    public double BalanceRatio { get; init; } = 2;

    /// <summary>Fewer tokens than this routed to an expert are worth <see cref="StarvedExperts"/>; 0 never.</summary>
    public int MinExpertTokens { get; init; }

    /// <summary>What happens below <see cref="MinExpertTokens"/>.</summary>
    public StarvedExpertAction StarvedExperts { get; init; }

    /// <summary>An expert's inputs count with its router weight to this power: 2 measures the error that reaches the residual stream, 0 counts every token alike.</summary>
    /// <remarks>As below without drift correction: power 0 0.00361, 1 0.00297, 2 0.00313.</remarks>
    public double RouterWeightPower { get; init; } = 2;

    /// <summary>0 to 1: how far the weights of a matrix move to undo the error that arrives in its inputs from what was quantized before; see <see cref="Algorithms.Covariance.InputDrift"/>.</summary>
    /// <remarks>Mean KL divergence of tiny-olmoe at 3.5 bits, 48 + 16 sequences of 256: strength 0 0.00313, 0.5 0.00281, 1 0.00268 (rounding to nearest 0.01154).</remarks>
    public double DriftStrength { get; init; } = 1;
}
