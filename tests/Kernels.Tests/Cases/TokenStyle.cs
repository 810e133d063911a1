namespace MoEQuant.Kernels.Tests;

/// <summary>What is special about test tokens.</summary>
public enum TokenStyle
{
    Ordinary,
    Outliers,
    Zero,
    Constant,
    Alternating,
    Positive,
    Tiny,
}
