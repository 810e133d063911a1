using System.Collections.Immutable;

namespace MoEQuant.Format;

/// <summary>One tensor of an opened safetensors file. The file's reader has checked that the range lies within the file and fits type and shape.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The dimensions, outermost first; empty for a scalar, 0 allowed for an empty tensor.</param>
/// <param name="Offset">The first byte, from the start of the file.</param>
/// <param name="Length">The number of bytes.</param>
public sealed record TensorEntry(string Name, TensorDataType Type, ImmutableArray<long> Shape, long Offset, long Length)
{
    /// <summary>The number of elements.</summary>
    public long ElementCount => Length / Type.ElementSize();

    /// <summary>The shape as text, for example <c>[64, 2048]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
