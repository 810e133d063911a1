namespace MoEQuant.Kernels.Tests;

/// <summary>What is special about a test matrix.</summary>
public enum WeightStyle
{
    Ordinary,
    ZeroRows,
    ConstantRows,
    LargestCodes,
    Outliers,
    DenormalScales,
    NegativeZeroPoints,
}
