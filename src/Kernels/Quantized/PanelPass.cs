namespace MoEQuant.Kernels;

/// <summary>What the register-blocked kernels of a batch product read: some groups of two strips of rows, decoded, and the tokens' codes for them.</summary>
internal readonly unsafe struct PanelPass
{
    /// <summary>Codes as bytes, four columns per lane and two registers per four columns, group after group.</summary>
    public byte* Panel { get; init; }

    /// <summary>Where the high nibbles of eight-bit codes lie, in bytes from <see cref="Panel"/>.</summary>
    public nint HighOffset { get; init; }

    /// <summary>Four registers per group: the scales of both strips, then their zero points with the sign changed.</summary>
    public float* Parameters { get; init; }

    /// <summary>Groups in the panel.</summary>
    public int Groups { get; init; }

    /// <summary>Columns of a group.</summary>
    public int GroupSize { get; init; }

    /// <summary>The batch's code in its first row for the panel's first column.</summary>
    public sbyte* Codes { get; init; }

    /// <summary>The scale of the first 32 columns in the batch's first row.</summary>
    public float* Scales { get; init; }

    /// <summary>The sum of codes of the first 32 columns in the batch's first row.</summary>
    public float* CodeSums { get; init; }

    /// <summary>The rows of the pass's tokens; null where they are those from <see cref="FirstRow"/> on.</summary>
    public int* Rows { get; init; }

    /// <summary>The first token's row.</summary>
    public int FirstRow { get; init; }

    /// <summary>Distance of two tokens in codes; that of scales and sums is a 32nd of it.</summary>
    public nint Stride { get; init; }

    /// <summary>A token's code for the panel's first column.</summary>
    public sbyte* TokenCodes(int token) => Codes + (Rows is null ? FirstRow + token : Rows[token]) * Stride;
}
