using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Single precision.</summary>
internal readonly unsafe struct F32Element : IElement
{
    /// <inheritdoc/>
    public static int Bytes => sizeof(float);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Load<TLanes, TFloat, TInt>(byte* source)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.Load((float*)source);
}
