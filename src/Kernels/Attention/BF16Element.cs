using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>The upper half of single precision: widened and shifted, two instructions.</summary>
internal readonly unsafe struct BF16Element : IElement
{
    /// <inheritdoc/>
    public static int Bytes => sizeof(ushort);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Load<TLanes, TFloat, TInt>(byte* source)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.AsFloat(TLanes.ShiftLeft(TLanes.LoadInt16(source), 16));
}
