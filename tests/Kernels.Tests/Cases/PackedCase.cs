using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>A random packed matrix in guarded memory and its weights in double precision, decoded by the oracle.</summary>
internal sealed unsafe class PackedCase : IDisposable
{
    private readonly GuardedMemory memory;
    private readonly double[] weights;
    private readonly double[] magnitudes;

    public PackedCase(Random random, PackedShape shape, WeightStyle style = WeightStyle.Ordinary)
    {
        Shape = shape;
        byte[] packed = new byte[shape.TotalBytes];
        MatrixPacker.Pack(Codes(random, shape, style), Scales(random, shape, style), ZeroPoints(random, shape, style), shape, packed);
        memory = GuardedValues.Copy<byte>(packed);

        weights = new double[shape.Rows * shape.Columns];
        magnitudes = new double[weights.Length];
        for (int row = 0; row < shape.Rows; row++)
            for (int column = 0; column < shape.Columns; column++)
            {
                int code = LayoutOracle.Code(packed, shape.Columns, shape.Bits, shape.GroupSize, shape.Symmetric, row, column);
                double scale = LayoutOracle.Scale(packed, shape.Columns, shape.Bits, shape.GroupSize, shape.Symmetric, row, column);
                double zero = LayoutOracle.ZeroPoint(packed, shape.Columns, shape.Bits, shape.GroupSize, shape.Symmetric, row, column);
                weights[row * shape.Columns + column] = (code - zero) * scale;
                double plain = code + Math.Abs(zero), centred = Math.Abs(code - shape.CodeCentre) + Math.Abs(zero - shape.CodeCentre);
                magnitudes[row * shape.Columns + column] = Math.Max(plain, centred) * Math.Abs(scale);
            }
    }

    public PackedShape Shape { get; }

    public PackedMatrix Matrix => new(memory.Pointer, Shape);

    /// <summary>The definition of the product in double precision, and how far single precision may be off.</summary>
    /// <remarks>
    /// A sum of n terms in single precision is off by at most n·2⁻²⁴·Σ|terms|. The terms are q·s·x and z·s·x, or with centred codes (q −
    /// c)·s·x and (z − c)·s·x, in sums over a group
    /// and over the groups. They may cancel: so the bound is Σ (q + |z|)·|s|·|x|, or the same with centred codes, and not Σ |w|·|x|.
    /// </remarks>
    public (double Value, double Tolerance) Expected(ITokens x, int token, int row)
    {
        double value = 0, magnitude = 0;
        for (int column = 0; column < Shape.Columns; column++)
        {
            value += weights[row * Shape.Columns + column] * x.Value(token, column);
            magnitude += magnitudes[row * Shape.Columns + column] * Math.Abs(x.Value(token, column));
        }
        return (value, (Shape.GroupSize + Shape.GroupCount + 8) * Math.Pow(2, -24) * magnitude + 1e-37);
    }

    public void Dispose() => memory.Dispose();

    private static byte[] Codes(Random random, PackedShape shape, WeightStyle style) =>
        [.. Enumerable.Range(0, shape.Rows * shape.Columns).Select(index => (byte)(style switch
        {
            WeightStyle.ConstantRows => index / shape.Columns % (1 << shape.Bits),
            WeightStyle.LargestCodes => (1 << shape.Bits) - 1,
            _ => random.Next(1 << shape.Bits),
        }))];

    private static Half[] Scales(Random random, PackedShape shape, WeightStyle style) =>
        [.. Enumerable.Range(0, shape.Rows * shape.GroupCount).Select(index => (Half)(style switch
        {
            WeightStyle.ZeroRows when index / shape.GroupCount % 3 != 1 => 0,
            WeightStyle.Outliers when random.Next(8) == 0 => 1e4,
            WeightStyle.DenormalScales => random.Next(1, 1024) * Math.Pow(2, -24),
            _ => 0.01 + random.NextDouble() * 0.1,
        }))];

    private static Half[] ZeroPoints(Random random, PackedShape shape, WeightStyle style) => shape.Symmetric
        ? []
        : [.. Enumerable.Range(0, shape.Rows * shape.GroupCount).Select(_ => (Half)(style switch
        {
            WeightStyle.NegativeZeroPoints => -20 * random.NextDouble(),
            _ => random.NextDouble() * ((1 << shape.Bits) - 1),
        }))];
}
