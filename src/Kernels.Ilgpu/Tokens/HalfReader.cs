using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Finite numbers in IEEE half precision.</summary>
internal struct HalfReader : IElementReader<ushort>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float ToSingle(ushort element) => CodeBits.ToSingle(element);
}
