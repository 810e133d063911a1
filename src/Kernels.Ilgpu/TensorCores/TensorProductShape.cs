namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What a product on tensor cores needs besides the matrix.</summary>
internal struct TensorProductShape
{
    /// <summary>Outputs, N.</summary>
    public int Rows;

    /// <summary>Slots of the batch: results.</summary>
    public int Slots;

    /// <summary>Whether slots name their input rows.</summary>
    public int Indirect;

    /// <summary>Pieces of 64 columns.</summary>
    public int Steps;

    /// <summary>Numbers per slot in the projections on compensators.</summary>
    public int LatentStride;
}
