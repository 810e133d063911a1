namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What a matrix product on a device needs besides the matrix.</summary>
internal struct ProductShape
{
    /// <summary>Outputs, N.</summary>
    public int Rows;

    /// <summary>Inputs, K.</summary>
    public int Columns;

    /// <summary>Slots of the batch: results.</summary>
    public int Slots;

    /// <summary>Whether slots name their input rows.</summary>
    public int Indirect;

    /// <summary>Tiles of 16 rows that a thread group works on.</summary>
    public int RowTiles;

    /// <summary>Threads that share the columns of a row; a power of two.</summary>
    public int Slices;

    /// <summary>Numbers per slot in the projections on compensators.</summary>
    public int LatentStride;
}
