namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What one thread group of a grouped product does: some slots of one expert.</summary>
internal struct ExpertItem
{
    /// <summary>The expert.</summary>
    public int Expert;

    /// <summary>The first slot.</summary>
    public int First;

    /// <summary>Slots; 0 for an item that does nothing.</summary>
    public int Count;
}
