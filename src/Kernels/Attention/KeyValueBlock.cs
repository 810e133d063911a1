using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Keys and values of one head for some consecutive positions, in memory that someone else owns.</summary>
/// <remarks>
/// <para>
/// Keys lie in tiles of 16 positions, [tile, dimension, 16]: a register of keys is one dimension of neighbouring positions, so that scores need no sums across lanes. Values lie [position, <see cref="Stride"/>],
/// the head dimension rounded up to 16, with zeros at the end.
/// </para>
/// <para>Elements are single precision, or its upper half (bfloat16), rounded to nearest. Keys of positions beyond <see cref="Count"/> in the last tile are read and have no effect, whatever they are.</para>
/// </remarks>
public readonly unsafe struct KeyValueBlock
{
    /// <summary>Positions of a tile of keys.</summary>
    public const int TilePositions = 16;

    /// <summary>Names the memory of a block.</summary>
    /// <param name="keys">Whole tiles of keys.</param>
    /// <param name="values">The values.</param>
    /// <param name="type">The elements: <see cref="DenseType.F32"/> or <see cref="DenseType.BF16"/>.</param>
    /// <param name="headDimension">Elements of a key, at least 1.</param>
    /// <param name="count">Positions, at least 0.</param>
    /// <exception cref="ArgumentNullException">A pointer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range, or the type is another one.</exception>
    public KeyValueBlock(void* keys, void* values, DenseType type, int headDimension, int count)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(headDimension, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Keys = (byte*)keys;
        Values = (byte*)values;
        Type = type;
        ElementBytes = ElementSize(type);
        HeadDimension = headDimension;
        Count = count;
    }

    /// <summary>The first key's first element.</summary>
    public byte* Keys { get; }

    /// <summary>The first value's first element.</summary>
    public byte* Values { get; }

    /// <summary>The elements.</summary>
    public DenseType Type { get; }

    /// <summary>Bytes of an element.</summary>
    public int ElementBytes { get; }

    /// <summary>Elements of a key.</summary>
    public int HeadDimension { get; }

    /// <summary>Positions.</summary>
    public int Count { get; }

    /// <summary>Distance of two values in elements.</summary>
    public int Stride => StrideFor(HeadDimension);

    /// <summary>The head dimension rounded up to whole registers of every width.</summary>
    public static int StrideFor(int headDimension) => (headDimension + 15) & ~15;

    /// <summary>Bytes of an element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Keys and values cannot have this type.</exception>
    public static int ElementSize(DenseType type) => type switch
    {
        DenseType.F32 => sizeof(float),
        DenseType.BF16 => sizeof(ushort),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Expected F32 or BF16."),
    };

    /// <summary>Stores one position.</summary>
    /// <param name="position">The position, below the number that the memory has room for.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">A length is not the head dimension.</exception>
    public void Store(int position, ReadOnlySpan<float> key, ReadOnlySpan<float> value)
    {
        if (key.Length != HeadDimension || value.Length != HeadDimension)
            throw new ArgumentException($"There are {key.Length} and {value.Length} elements; expected {HeadDimension}.", nameof(key));
        long firstKey = (long)(position / TilePositions) * HeadDimension * TilePositions + position % TilePositions, firstValue = (long)position * Stride;
        for (int index = 0; index < key.Length; index++)
        {
            Write(Keys, firstKey + (long)index * TilePositions, key[index]);
            Write(Values, firstValue + index, value[index]);
        }
        for (int index = HeadDimension; index < Stride; index++)
            Write(Values, firstValue + index, 0);
    }

    /// <summary>The nearest bfloat16, half to even; NaN stays NaN.</summary>
    internal static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)(bits >> 16 | 0x40) : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(byte* elements, long index, float value)
    {
        if (Type == DenseType.F32)
            ((float*)elements)[index] = value;
        else
            ((ushort*)elements)[index] = ToBFloat16(value);
    }
}
