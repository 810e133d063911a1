using System.Collections.Immutable;

namespace MoEQuant.Format;

/// <summary>A tensor that is going to be written: all that its header entry needs.</summary>
/// <param name="Name">The name; unique in the file and not <c>__metadata__</c>.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The dimensions, outermost first, 0 or more each.</param>
public sealed record TensorDeclaration(string Name, TensorDataType Type, ImmutableArray<long> Shape)
{
    /// <summary>The number of bytes.</summary>
    /// <exception cref="OverflowException">The product does not fit 63 bits.</exception>
    public long Length
    {
        get
        {
            long length = Type.ElementSize();
            foreach (long dimension in Shape)
                length = checked(length * dimension);
            return length;
        }
    }
}
