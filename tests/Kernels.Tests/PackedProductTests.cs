namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed unsafe class PackedProductTests
{
    private static readonly int[] RowCounts = [1, 2, 7, 15, 16, 17, 31, 32, 33, 40];
    private static readonly int[] ColumnCounts = [1, 3, 4, 15, 16, 17, 31, 32, 33, 63, 64, 65, 97, 127, 128, 129, 160, 191, 199, 200];
    private static readonly int[] TokenCounts = [1, 2, 3, 7, 16, 33];

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_EveryShape_AgreesWithTheDefinition(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(bits);
        int step = 0;
        foreach (int groupSize in new[] { 32, 64, 128 })
            foreach (int rows in RowCounts)
                foreach (int columns in ColumnCounts)
                {
                    step++;
                    using PackedCase matrix = new(random, new PackedShape(rows, columns, bits, groupSize, Symmetric: step % 2 == 0));
                    // Two of the six batch sizes for each shape, so that all of them meet all shapes' peculiarities.
                    foreach (int tokens in new[] { TokenCounts[step % 3], TokenCounts[3 + step % 3] })
                        AssertProduct(kernel, matrix, random, tokens, outliers: false);
                }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_UnusualWeights_AgreesWithTheDefinition(string kernelName, int bits)
    {
        Random random = new(100 + bits);
        foreach (WeightStyle style in Enum.GetValues<WeightStyle>())
            foreach (bool symmetric in new[] { false, true })
                foreach (int tokens in TokenCounts)
                {
                    using PackedCase matrix = new(random, new PackedShape(37, 150, bits, 64, symmetric), style);
                    AssertProduct(TestKernels.Get(kernelName), matrix, random, tokens, style == WeightStyle.Outliers);
                }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_EveryTileRange_WritesItsRowsAloneAndTheSameValues(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(200 + bits);
        using PackedCase matrix = new(random, new PackedShape(75, 130, bits, 32));
        foreach (int tokens in new[] { 1, 8 })
        {
            using TokenCase x = new(random, tokens, matrix.Shape.Columns);
            using ResultBuffer whole = new(tokens, matrix.Shape.Rows);
            kernel.Multiply(matrix.Matrix, x.Block, 0, matrix.Shape.TileCount, whole.Pointer, whole.Stride);
            for (int first = 0; first <= matrix.Shape.TileCount; first++)
                for (int end = first; end <= matrix.Shape.TileCount; end++)
                {
                    using ResultBuffer part = new(tokens, matrix.Shape.Rows);
                    kernel.Multiply(matrix.Matrix, x.Block, first, end, part.Pointer, part.Stride);
                    int endRow = Math.Min(end * 16, matrix.Shape.Rows);
                    part.AssertWritten(first * 16, endRow, $"{kernelName} tiles {first}..{end}");
                    for (int token = 0; token < tokens; token++)
                        for (int row = first * 16; row < endRow; row++)
                            Assert.AreEqual(whole[token, row], part[token, row], $"token {token} row {row} of tiles {first}..{end}");
                }
        }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_TokenInAnyBatch_HasTheSameResultToTheLastBit(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(300 + bits);
        const int most = 100;
        foreach (int groupSize in new[] { 32, 64, 128 })
        {
            using PackedCase matrix = new(random, new PackedShape(50, 333, bits, groupSize));
            using TokenCase x = new(random, most, matrix.Shape.Columns);
            using ResultBuffer single = new(1, matrix.Shape.Rows, gap: 0), batch = new(most, matrix.Shape.Rows);
            foreach (int count in new[] { 1, 2, 3, 5, 6, 7, 13, 99, most })
            {
                kernel.Multiply(matrix.Matrix, x.First(count), 0, matrix.Shape.TileCount, batch.Pointer, batch.Stride);
                ActivationBlock block = x.Block;
                foreach (int token in new[] { 0, count / 2, count - 1 })
                {
                    ActivationBlock one = new(block.Token(token), block.TokenSums(token), 1, block.Columns, block.Stride);
                    kernel.Multiply(matrix.Matrix, one, 0, matrix.Shape.TileCount, single.Pointer, single.Stride);
                    for (int row = 0; row < matrix.Shape.Rows; row++)
                        Assert.AreEqual(single[0, row], batch[token, row], $"token {token} of {count}, row {row}, groups of {groupSize}");
                }
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Multiply_AgainstTheScalarKernel_DiffersByRoundingAlone(string kernelName)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName), scalar = TestKernels.Get("Scalar");
        Random random = new(400);
        using PackedCase matrix = new(random, new PackedShape(64, 1024, 3, 64));
        using TokenCase x = new(random, 9, 1024);
        using ResultBuffer actual = new(9, 64), reference = new(9, 64);
        kernel.Multiply(matrix.Matrix, x.Block, 0, 4, actual.Pointer, actual.Stride);
        scalar.Multiply(matrix.Matrix, x.Block, 0, 4, reference.Pointer, reference.Stride);
        for (int token = 0; token < 9; token++)
            for (int row = 0; row < 64; row++)
                Assert.AreEqual(reference[token, row], actual[token, row], 2 * matrix.Expected(x, token, row).Tolerance);
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Multiply_ArgumentsThatDoNotFit_Throw(string kernelName)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        using PackedCase matrix = new(new Random(1), new PackedShape(20, 33, 3, 32));
        using TokenCase x = new(new Random(1), 2, 33), wider = new(new Random(1), 2, 34);
        using ResultBuffer y = new(2, 20);
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, wider.Block, 0, 2, y.Pointer, y.Stride));
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, x.Block, 0, 3, y.Pointer, y.Stride));
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, x.Block, -1, 2, y.Pointer, y.Stride));
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, x.Block, 2, 1, y.Pointer, y.Stride));
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, x.Block, 0, 2, y.Pointer, 19));
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, x.Block, 0, 2, null, y.Stride));
        y.AssertWritten(0, 0, "rejected calls");
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Multiply_ManyCalls_AllocateNothing(string kernelName)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        using PackedCase matrix = new(new Random(1), new PackedShape(20, 33, 4, 32));
        using TokenCase x = new(new Random(1), 9, 33);
        using ResultBuffer y = new(9, 20);
        long before = 0;
        for (int call = 0; call < 101; call++)
        {
            if (call == 1)
                before = GC.GetAllocatedBytesForCurrentThread();
            kernel.Multiply(matrix.Matrix, x.First(1), 0, 2, y.Pointer, y.Stride);
            kernel.Multiply(matrix.Matrix, x.Block, 0, 2, y.Pointer, y.Stride);
        }
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertProduct(MatrixKernel kernel, PackedCase matrix, Random random, int tokens, bool outliers)
    {
        PackedShape shape = matrix.Shape;
        using TokenCase x = new(random, tokens, shape.Columns, outliers);
        using ResultBuffer y = new(tokens, shape.Rows);
        kernel.Multiply(matrix.Matrix, x.Block, 0, shape.TileCount, y.Pointer, y.Stride);
        y.AssertWritten(0, shape.Rows, $"{kernel.Name} {shape}");
        for (int token = 0; token < tokens; token++)
            for (int row = 0; row < shape.Rows; row++)
            {
                (double expected, double tolerance) = matrix.Expected(x, token, row);
                if (!(Math.Abs(expected - y[token, row]) <= tolerance))
                    Assert.Fail($"{kernel.Name} {shape} token {token} of {tokens} row {row}: {y[token, row]:R}, expected {expected:R} ± {tolerance:R}.");
            }
    }
}
