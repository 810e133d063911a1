namespace MoEQuant.Kernels.Ilgpu;

/// <summary>How numbers are stored.</summary>
/// <typeparam name="TElement">The type in memory.</typeparam>
internal interface IElementReader<in TElement>
    where TElement : unmanaged
{
    /// <summary>The number.</summary>
    float ToSingle(TElement element);
}
