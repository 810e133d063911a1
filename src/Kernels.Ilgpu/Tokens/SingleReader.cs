using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Numbers in single precision.</summary>
internal struct SingleReader : IElementReader<float>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float ToSingle(float element) => element;
}
