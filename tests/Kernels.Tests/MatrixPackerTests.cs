namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed class MatrixPackerTests
{
    public static IEnumerable<object[]> Shapes =>
        from bits in new[] { 3, 4, 8 }
        from groupSize in new[] { 32, 64, 128 }
        from symmetric in new[] { false, true }
        select new object[] { bits, groupSize, symmetric };

    [TestMethod]
    [DynamicData(nameof(Shapes))]
    public void Unpack_AfterPack_ReturnsTheSameMatrix(int bits, int groupSize, bool symmetric)
    {
        foreach ((int rows, int columns) in new[] { (1, 1), (16, groupSize), (17, groupSize + 1), (40, 200), (33, 4 * groupSize - 3) })
        {
            PackedShape shape = new(rows, columns, bits, groupSize, symmetric);
            Random random = new(rows * 1000 + columns);
            byte[] codes = [.. Enumerable.Range(0, rows * columns).Select(_ => (byte)random.Next(1 << bits))];
            Half[] scales = Halves(random, rows * shape.GroupCount);
            Half[] zeroPoints = symmetric ? [] : Halves(random, rows * shape.GroupCount);
            byte[] packed = new byte[shape.TotalBytes];
            Array.Fill(packed, (byte)0xA5);

            MatrixPacker.Pack(codes, scales, zeroPoints, shape, packed);
            byte[] codesBack = new byte[codes.Length];
            Half[] scalesBack = new Half[scales.Length], zerosBack = new Half[zeroPoints.Length];
            MatrixPacker.Unpack(packed, shape, codesBack, scalesBack, zerosBack);

            CollectionAssert.AreEqual(codes, codesBack);
            CollectionAssert.AreEqual(scales, scalesBack);
            CollectionAssert.AreEqual(zeroPoints, zerosBack);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Shapes))]
    public void Pack_AnyMatrix_PutsEveryElementWhereTheLayoutSays(int bits, int groupSize, bool symmetric)
    {
        (int rows, int columns) = (35, 2 * groupSize + 13);
        PackedShape shape = new(rows, columns, bits, groupSize, symmetric);
        Random random = new(bits);
        byte[] codes = [.. Enumerable.Range(0, rows * columns).Select(_ => (byte)random.Next(1 << bits))];
        Half[] scales = Halves(random, rows * shape.GroupCount);
        Half[] zeroPoints = symmetric ? [] : Halves(random, rows * shape.GroupCount);
        byte[] packed = new byte[shape.TotalBytes];
        MatrixPacker.Pack(codes, scales, zeroPoints, shape, packed);

        Assert.AreEqual(LayoutOracle.BlockBytes(bits, groupSize, symmetric), shape.BlockBytes);
        Assert.AreEqual(3L * 3 * shape.BlockBytes, shape.TotalBytes);
        float[] weights = new float[columns];
        for (int row = 0; row < rows; row++)
        {
            MatrixPacker.DequantizeRow(packed, shape, row, weights);
            for (int column = 0; column < columns; column++)
            {
                int code = LayoutOracle.Code(packed, columns, bits, groupSize, symmetric, row, column);
                double scale = LayoutOracle.Scale(packed, columns, bits, groupSize, symmetric, row, column);
                double zero = LayoutOracle.ZeroPoint(packed, columns, bits, groupSize, symmetric, row, column);
                Assert.AreEqual(codes[row * columns + column], code, $"code [{row}, {column}]");
                Assert.AreEqual((double)scales[row * shape.GroupCount + column / groupSize], scale);
                Assert.AreEqual(symmetric ? 1 << (bits - 1) : (double)zeroPoints[row * shape.GroupCount + column / groupSize], zero);
                Assert.AreEqual((code - zero) * scale, weights[column], 1e-6 * (code + Math.Abs(zero)) * Math.Abs(scale));
            }
        }
    }

    [TestMethod]
    public void Pack_PaddingRowsAndColumns_AreZeroBytes()
    {
        PackedShape shape = new(1, 1, 3, 64);
        byte[] packed = new byte[shape.TotalBytes];
        Array.Fill(packed, (byte)0xFF);
        MatrixPacker.Pack([7], [(Half)1], [(Half)2], shape, packed);
        Assert.AreEqual(4, packed.Count(value => value != 0), "two bytes of the code, one each of 1.0 (3C 00) and 2.0 (40 00)");
    }

    [TestMethod]
    public void Pack_ArgumentsThatDoNotFit_Throw()
    {
        PackedShape shape = new(2, 3, 3, 32);
        byte[] codes = new byte[6], destination = new byte[shape.TotalBytes];
        Half[] groups = new Half[2];
        Assert.ThrowsExactly<ArgumentException>(() => MatrixPacker.Pack(codes.AsSpan(1), groups, groups, shape, destination));
        Assert.ThrowsExactly<ArgumentException>(() => MatrixPacker.Pack(codes, groups.AsSpan(1), groups, shape, destination));
        Assert.ThrowsExactly<ArgumentException>(() => MatrixPacker.Pack(codes, groups, [], shape, destination));
        Assert.ThrowsExactly<ArgumentException>(() => MatrixPacker.Pack(codes, groups, groups, shape, destination.AsSpan(1)));
        Assert.ThrowsExactly<ArgumentException>(() => MatrixPacker.Pack([0, 0, 8, 0, 0, 0], groups, groups, shape, destination));
        Assert.ThrowsExactly<ArgumentException>(() => MatrixPacker.Pack(codes, [Half.NaN, Half.One], groups, shape, destination));
        Assert.ThrowsExactly<ArgumentException>(() => MatrixPacker.Pack(codes, groups, [Half.PositiveInfinity, Half.One], shape, destination));
    }

    [TestMethod]
    [DataRow(0, 1, 3, 32)]
    [DataRow(1, 0, 3, 32)]
    [DataRow(1, 1, 2, 32)]
    [DataRow(1, 1, 3, 16)]
    public void PackedShape_DimensionOutOfRange_Throws(int rows, int columns, int bits, int groupSize) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new PackedShape(rows, columns, bits, groupSize));

    [TestMethod]
    public void PackedShape_HugeMatrix_SizesDoNotOverflow()
    {
        PackedShape shape = new(int.MaxValue, int.MaxValue, 8, 32);
        Assert.AreEqual(134217728, shape.TileCount);
        Assert.AreEqual(134217728L * 67108864L * 576L, shape.TotalBytes);
    }

    private static Half[] Halves(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (Half)(random.NextDouble() * 4 - 2))];
}
