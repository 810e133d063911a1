namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>How the average compensator rank of a class of matrices is spread over its matrices (MiLo, arXiv 2504.02658).</summary>
public enum RankPolicy
{
    /// <summary>Every matrix has the same rank.</summary>
    Uniform,

    /// <summary>Heavier-tailed weights get more: the rank doubles with each unit of kurtosis.</summary>
    Kurtosis,

    /// <summary>Experts that the router picks more often get more, in proportion; dense matrices, which every token uses, all have the same rank. Needs calibration or a statistics file.</summary>
    Frequency,

    /// <summary>Bits and ranks of all matrices together go where they lower the output error most for their bytes.</summary>
    Budget,
}
