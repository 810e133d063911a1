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

    /// <summary>Room for the totals of a part of a group: two registers for each of six tokens.</summary>
    public int* Carry { get; init; }

    /// <summary>The batch.</summary>
    public QuantizedActivations Tokens { get; init; }

    /// <summary>The pass's first token in the batch.</summary>
    public int FirstToken { get; init; }

    /// <summary>The panel's first column.</summary>
    public int Column { get; init; }

    /// <summary>A token of the pass.</summary>
    public byte* Token(int token) => Tokens.Token(FirstToken + token);
}
