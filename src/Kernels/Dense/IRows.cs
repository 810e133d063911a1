namespace MoEQuant.Kernels;

/// <summary>Rows of weights that lie one after another in memory, whatever the element type: unquantized matrices and low-rank
/// factors.</summary>
internal unsafe interface IRows
{
    /// <summary>Columns that share a scale, where there are scales.</summary>
    const int ScaleGroup = FactorShape.GroupSize;

    /// <summary>Whether every 64 columns have a scale to multiply with.</summary>
    static abstract bool HasScales { get; }

    /// <summary>Columns that may be read with <see cref="Load"/>; weights beyond the matrix are multiplied with zeros.</summary>
    int Columns { get; }

    /// <summary>The first byte of a row.</summary>
    byte* Row(int row);

    /// <summary>The scale of 64 columns of a row; only where <see cref="HasScales"/>.</summary>
    float Scale(int row, int group);

    /// <summary>Reads a register of neighbouring columns. The first one is a multiple of the register's lanes.</summary>
    static abstract TFloat Load<TLanes, TFloat, TInt>(byte* row, int column)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct;

    /// <summary>Reads the last few columns of a row, fewer than a register's lanes, and zeros for the other lanes.</summary>
    static abstract TFloat LoadPart<TLanes, TFloat, TInt>(byte* row, int column, int count)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct;
}
