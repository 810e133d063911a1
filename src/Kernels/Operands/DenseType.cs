namespace MoEQuant.Kernels;

/// <summary>The element type of an unquantized matrix.</summary>
public enum DenseType
{
    /// <summary>IEEE single precision, 4 bytes.</summary>
    F32,

    /// <summary>The upper half of an IEEE single precision number, 2 bytes.</summary>
    BF16,

    /// <summary>IEEE half precision, 2 bytes.</summary>
    F16,
}
