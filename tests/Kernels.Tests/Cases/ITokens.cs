namespace MoEQuant.Kernels.Tests;

/// <summary>Input vectors as a kernel sees them, in double precision.</summary>
internal interface ITokens
{
    /// <summary>The value of one column.</summary>
    double Value(int token, int column);
}
