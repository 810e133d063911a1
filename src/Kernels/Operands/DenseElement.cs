using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Reads single elements of unquantized rows, at any alignment.</summary>
internal static unsafe class DenseElement
{
    /// <summary>The element at a column of a row.</summary>
    public static float Read(byte* row, DenseType type, int column) => type switch
    {
        DenseType.F32 => Unsafe.ReadUnaligned<float>(row + (long)column * 4),
        DenseType.BF16 => BitConverter.Int32BitsToSingle(Unsafe.ReadUnaligned<ushort>(row + (long)column * 2) << 16),
        _ => (float)Unsafe.ReadUnaligned<Half>(row + (long)column * 2),
    };
}
