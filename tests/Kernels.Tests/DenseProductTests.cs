using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed unsafe class DenseProductTests
{
    private static readonly int[] RowCounts = [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 33, 40];
    private static readonly int[] ColumnCounts = [1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 127, 129, 200, 511, 512, 513, 1100];
    private static readonly int[] TokenCounts = [1, 3, 5, 7, 16, 50];

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndDenseTypes), typeof(TestKernels))]
    public void Multiply_EveryShape_AgreesWithTheDefinition(string kernelName, DenseType type)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new((int)type);
        int step = 0;
        foreach (int rows in RowCounts)
            foreach (int columns in ColumnCounts)
            {
                step++;
                int tokens = TokenCounts[step % TokenCounts.Length];
                using DenseCase matrix = new(random, type, rows, columns);
                using TokenCase x = new(random, tokens, columns);
                using ResultBuffer y = new(tokens, rows);
                kernel.Multiply(matrix.Matrix, x.Block, 0, matrix.Matrix.TileCount, y.Pointer, y.Stride);
                y.AssertWritten(0, rows, $"{kernelName} {type} {rows}x{columns}");
                for (int token = 0; token < tokens; token++)
                    for (int row = 0; row < rows; row++)
                    {
                        (double expected, double tolerance) = matrix.Expected(x, token, row);
                        if (!(Math.Abs(expected - y[token, row]) <= tolerance))
                            Assert.Fail($"{kernelName} {type} {rows}x{columns} token {token} of {tokens} row {row}: {y[token, row]:R}, expected {expected:R} ± {tolerance:R}.");
                    }
            }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndDenseTypes), typeof(TestKernels))]
    public void Multiply_TokenInAnyBatchAndTileRange_HasTheSameResultToTheLastBit(string kernelName, DenseType type)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(10 + (int)type);
        const int rows = 41, columns = 1234, most = 60;
        using DenseCase matrix = new(random, type, rows, columns);
        using TokenCase x = new(random, most, columns);
        using ResultBuffer single = new(1, rows, gap: 0);
        ActivationBlock block = x.Block;
        foreach (int count in new[] { 2, 3, 4, 7, 49, most })
            foreach ((int first, int end) in new[] { (0, 3), (1, 3), (2, 3), (1, 2) })
            {
                using ResultBuffer batch = new(count, rows);
                kernel.Multiply(matrix.Matrix, x.First(count), first, end, batch.Pointer, batch.Stride);
                batch.AssertWritten(first * 16, Math.Min(end * 16, rows), $"{kernelName} {type} tiles {first}..{end}");
                foreach (int token in new[] { 0, count / 2, count - 1 })
                {
                    ActivationBlock one = new(block.Token(token), block.TokenSums(token), 1, columns, block.Stride);
                    kernel.Multiply(matrix.Matrix, one, 0, 3, single.Pointer, single.Stride);
                    for (int row = first * 16; row < Math.Min(end * 16, rows); row++)
                        Assert.AreEqual(single[0, row], batch[token, row], $"token {token} of {count}, row {row}");
                }
            }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Multiply_HalfPrecisionInfinityAndNaN_ReachTheResult(string kernelName)
    {
        using GuardedMemory weights = GuardedValues.Copy<Half>([Half.PositiveInfinity, Half.One, Half.NegativeInfinity, Half.One, Half.NaN, Half.One]);
        using TokenCase x = new(new Random(1), 1, 1);
        using ResultBuffer y = new(1, 6);
        TestKernels.Get(kernelName).Multiply(new DenseMatrix(weights.Pointer, DenseType.F16, 6, 1), x.Block, 0, 1, y.Pointer, y.Stride);
        float sign = MathF.Sign((float)x.Value(0, 0));
        Assert.AreEqual(sign * float.PositiveInfinity, y[0, 0]);
        Assert.AreEqual(sign * float.NegativeInfinity, y[0, 2]);
        Assert.IsTrue(float.IsNaN(y[0, 4]));
        Assert.AreEqual((float)x.Value(0, 0), y[0, 5]);
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndDenseTypes), typeof(TestKernels))]
    public void Multiply_WeightsAtOddAddresses_AreReadCorrectly(string kernelName, DenseType type)
    {
        Random random = new(20);
        using DenseCase matrix = new(random, type, 19, 77);
        using TokenCase x = new(random, 6, 77);
        using ResultBuffer aligned = new(6, 19), odd = new(6, 19);
        DenseMatrix w = matrix.Matrix;
        using GuardedMemory moved = new(19 * 77 * w.ElementBytes + 1);
        new Span<byte>(w.Data, 19 * 77 * w.ElementBytes).CopyTo(moved.Values<byte>());
        foreach (int tokens in new[] { 1, 6 })
        {
            TestKernels.Get(kernelName).Multiply(w, x.First(tokens), 0, 2, aligned.Pointer, aligned.Stride);
            TestKernels.Get(kernelName).Multiply(new DenseMatrix(moved.Pointer, type, 19, 77), x.First(tokens), 0, 2, odd.Pointer, odd.Stride);
            for (int token = 0; token < tokens; token++)
                for (int row = 0; row < 19; row++)
                    Assert.AreEqual(aligned[token, row], odd[token, row]);
        }
    }

    [TestMethod]
    public void DenseMatrix_ArgumentsThatDoNotFit_Throw()
    {
        using GuardedMemory element = new(4);
        Assert.ThrowsExactly<ArgumentNullException>(() => new DenseMatrix(null, DenseType.F32, 1, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseMatrix(element.Pointer, DenseType.F32, 0, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseMatrix(element.Pointer, DenseType.F32, 1, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseMatrix(element.Pointer, (DenseType)3, 1, 1));
    }
}
