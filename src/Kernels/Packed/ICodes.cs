namespace MoEQuant.Kernels;

/// <summary>How codes of one width lie in a block of the Tile16 layout (see <see cref="PackedShape"/>).</summary>
internal unsafe interface ICodes
{
    /// <summary>Bits of a code.</summary>
    static abstract int Bits { get; }

    /// <summary>Reads the codes of 16 columns for a strip of rows.</summary>
    /// <param name="strip">The block's first byte plus 4 · (first row of the strip): each 64-byte vector of the block holds the strip's
    /// lanes at this offset.</param>
    /// <param name="part">Which 16 columns of the block.</param>
    /// <param name="q0">Columns 0..3 of them: one row per lane, one column per byte, unspecified bits above the code.</param>
    /// <param name="q1">Columns 4..7.</param>
    /// <param name="q2">Columns 8..11.</param>
    /// <param name="q3">Columns 12..15.</param>
    static abstract void Read16<TLanes, TFloat, TInt>(byte* strip, int part, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct;

    /// <summary>Reads the codes of 16 columns as <see cref="Read16"/> does, with zeros above the code.</summary>
    /// <param name="strip">As there.</param>
    /// <param name="part">As there; a constant, so that shifts that depend on it are.</param>
    /// <param name="tables">From <see cref="DecoderBytes"/>.</param>
    /// <param name="q0">Columns 0..3: one row per lane, one column per byte.</param>
    /// <param name="q1">Columns 4..7.</param>
    /// <param name="q2">Columns 8..11.</param>
    /// <param name="q3">Columns 12..15.</param>
    static abstract void ReadBytes16<TLanes, TFloat, TInt>(byte* strip, int part, in DecoderTables<TInt> tables, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct;
}
