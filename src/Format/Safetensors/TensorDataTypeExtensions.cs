using System.Collections.Immutable;
using System.Text;

namespace MoEQuant.Format;

/// <summary>Sizes and file names of the element types.</summary>
public static class TensorDataTypeExtensions
{
    // In the order of the enumeration; the names are those of the safetensors specification.
    private static readonly ImmutableArray<(string Name, int Size)> Types =
    [
        ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E4M3", 1), ("F8_E5M2", 1), ("I16", 2), ("U16", 2), ("F16", 2), ("BF16", 2),
        ("I32", 4), ("U32", 4), ("F32", 4), ("I64", 8), ("U64", 8), ("F64", 8),
    ];

    /// <summary>All names, for messages.</summary>
    internal static string AllNames => string.Join(", ", Types.Select(type => type.Name));

    /// <summary>Bytes per element: 1, 2, 4 or 8.</summary>
    /// <param name="type">The element type.</param>
    public static int ElementSize(this TensorDataType type) => Types[(int)type].Size;

    /// <summary>The name in a file's header, for example <c>BF16</c> or <c>F8_E4M3</c>.</summary>
    /// <param name="type">The element type.</param>
    public static string FileName(this TensorDataType type) => Types[(int)type].Name;

    /// <summary>Finds the type of a name in a file's header.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> utf8Name, out TensorDataType type)
    {
        for (int i = 0; i < Types.Length; i++)
        {
            if (!Ascii.Equals(utf8Name, Types[i].Name))
                continue;
            type = (TensorDataType)i;
            return true;
        }

        type = default;
        return false;
    }
}
