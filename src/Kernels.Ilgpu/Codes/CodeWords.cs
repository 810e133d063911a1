namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Up to eight words that hold 32 codes of one row. Those a format does not need are never computed.</summary>
internal struct CodeWords
{
    /// <summary>The words, in the order of their vectors.</summary>
    public uint A, B, C, D, E, F, G, H;
}
