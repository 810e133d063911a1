using System.Runtime.InteropServices;
using MoEQuant.Kernels;

namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>Packed matrices and factors of random codes, made as fast as memory is copied: stretches of a pool of random bytes, from random places.</summary>
internal sealed class RandomBytes
{
    private const int PoolBytes = 1 << 22;
    private readonly Random _random;
    private readonly byte[] _codes = new byte[PoolBytes];
    private readonly byte[] _signedCodes = new byte[PoolBytes];

    public RandomBytes(int seed)
    {
        _random = new Random(seed);
        _random.NextBytes(_codes);
        _random.NextBytes(_signedCodes);
        // −128 is no code of a factor.
        foreach (ref byte code in _signedCodes.AsSpan())
            code = code == 0x80 ? (byte)0 : code;
    }

    /// <summary>The bytes of some whole tiles of a matrix whose weights have about the variance 1 / columns.</summary>
    /// <param name="destination">Whole tiles.</param>
    /// <param name="shape">The matrix's shape.</param>
    public void FillTiles(Span<byte> destination, in PackedShape shape)
    {
        float levels = 1 << shape.Bits;
        Half scale = (Half)(MathF.Sqrt(12f / shape.Columns) / levels), zero = (Half)((levels - 1) / 2);
        for (Span<byte> block = destination; !block.IsEmpty; block = block[shape.BlockBytes..])
        {
            Copy(_codes, block[..shape.CodeBytes]);
            Span<Half> parameters = MemoryMarshal.Cast<byte, Half>(block[shape.CodeBytes..shape.BlockBytes]);
            parameters[..PackedShape.TileRows].Fill(scale);
            parameters[PackedShape.TileRows..].Fill(zero);
        }
    }

    /// <summary>The bytes of a factor of 8-bit codes with small values: a compensator corrects, it does not dominate.</summary>
    public byte[] Factor(in FactorShape shape)
    {
        byte[] factor = new byte[shape.TotalBytes];
        Copy(_signedCodes, factor.AsSpan(0, (int)shape.ScaleOffset));
        MemoryMarshal.Cast<byte, Half>(factor.AsSpan((int)shape.ScaleOffset)).Fill((Half)(0.1f / 127 / MathF.Sqrt(shape.Length)));
        return factor;
    }

    /// <summary>Numbers between −limit and limit.</summary>
    public float[] Floats(long count, float limit)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = limit * (2 * _random.NextSingle() - 1);
        return values;
    }

    private void Copy(byte[] pool, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int length = Math.Min(destination.Length, PoolBytes / 4);
            pool.AsSpan(_random.Next(PoolBytes - length), length).CopyTo(destination);
            destination = destination[length..];
        }
    }
}
