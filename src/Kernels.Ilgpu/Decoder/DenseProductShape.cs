namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What the kernel of dense products must know of its operands.</summary>
internal struct DenseProductShape
{
    /// <summary>Outputs N.</summary>
    public int Rows;

    /// <summary>Inputs K.</summary>
    public int Columns;

    /// <summary>1 where every slot has an expert, else 0: one matrix for all.</summary>
    public int Grouped;

    /// <summary>1 where a slot reads the inputs of its token, else 0: its own.</summary>
    public int Indirect;
}
