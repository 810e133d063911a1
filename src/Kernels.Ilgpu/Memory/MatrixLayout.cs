namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Where a packed matrix and its compensator lie in the memory of a <see cref="PackedWeights"/>, and how: what a kernel must know of one expert.</summary>
internal struct MatrixLayout
{
    /// <summary>Bytes of the unit in which the positions of sections are counted.</summary>
    public const int UnitBytes = 64;

    /// <summary>The weights, in units.</summary>
    public int Weights;

    /// <summary>V, in units; 0 at rank 0.</summary>
    public int InputFactor;

    /// <summary>U, in units; 0 at rank 0.</summary>
    public int OutputFactor;

    /// <summary>Bits of a weight's code: 3, 4 or 8.</summary>
    public int Bits;

    /// <summary>Base-2 logarithm of the group size.</summary>
    public int GroupShift;

    /// <summary>Groups per row.</summary>
    public int GroupCount;

    /// <summary>32-bit words of the codes of a block.</summary>
    public int CodeWords;

    /// <summary>32-bit words of a block.</summary>
    public int BlockWords;

    /// <summary>The zero point of a symmetric matrix; −1 where zero points are stored.</summary>
    public int Centre;

    /// <summary>Rank of the compensator, r; 0 without one.</summary>
    public int Rank;

    /// <summary>Bits of a code of V: 3 or 8.</summary>
    public int InputFactorBits;

    /// <summary>Bits of a code of U: 3 or 8.</summary>
    public int OutputFactorBits;
}
