namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The shared memory of a matrix product: first the inputs of a segment of columns, then the sums of the threads.</summary>
internal static class SharedTile
{
    /// <summary>Elements of <see cref="Float4"/>: 16 KiB.</summary>
    public const int Length = 1024;

    /// <summary>The most threads in a group.</summary>
    public const int MaxThreads = 256;
}
