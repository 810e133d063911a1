using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>Products with quantized activations: inner sums are integers, so every kernel must give the scalar kernel's bits.</summary>
[TestClass]
public sealed unsafe class QuantizedProductTests
{
    private static readonly int[] RowCounts = [1, 7, 15, 16, 17, 33, 40];
    private static readonly int[] ColumnCounts = [1, 4, 15, 17, 31, 32, 33, 63, 65, 97, 127, 128, 129, 191, 200];
    private static readonly int[] TokenCounts = [1, 2, 3, 7, 16, 33];
    private static readonly int[] GroupSizes = [32, 64, 128];

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_EveryShape_AgreesWithTheDefinition(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(bits);
        int step = 0;
        foreach (int groupSize in GroupSizes)
            foreach (int rows in RowCounts)
                foreach (int columns in ColumnCounts)
                {
                    step++;
                    using PackedCase matrix = new(random, new PackedShape(rows, columns, bits, groupSize, Symmetric: step % 2 == 0));
                    int[] served = [.. GroupSizes.Append(0).Where(size => size == 0 || size % groupSize == 0)];
                    ActivationScheme scheme = new(step % 3 == 0 ? 4 : 8, served[step % served.Length], 0.9f);
                    using QuantizedCase x = new(random, kernel, scheme, TokenCounts[step % TokenCounts.Length], columns);
                    AssertProduct(kernel, matrix, x);
                }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_UnusualWeightsAndTokens_HasTheScalarKernelsBits(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(100 + bits);
        int step = 0;
        foreach (WeightStyle weights in Enum.GetValues<WeightStyle>())
            foreach (TokenStyle tokens in Enum.GetValues<TokenStyle>())
                foreach (int activationBits in new[] { 4, 8 })
                {
                    step++;
                    using PackedCase matrix = new(random, new PackedShape(23, 200, bits, GroupSizes[step % 3], Symmetric: step % 4 < 2), weights);
                    using QuantizedCase x = new(random, kernel, new ActivationScheme(activationBits, step % 5 == 0 ? 0 : 128), TokenCounts[step % 5], 200, tokens);
                    AssertProduct(kernel, matrix, x);
                }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndBits), typeof(TestKernels))]
    public void Multiply_LargestCodesEverywhere_NothingSaturates(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        foreach (int groupSize in GroupSizes)
            foreach (int count in new[] { 1, 9 })
            {
                using PackedCase matrix = new(new Random(1), new PackedShape(16, 256, bits, groupSize), WeightStyle.LargestCodes);
                using QuantizedCase x = new(new Random(1), kernel, new ActivationScheme(8, 128), count, 256, TokenStyle.Constant);
                // The constant of token 2 is negative. −128 is no code that quantizing gives, but the kernels promise to bear it.
                new Span<sbyte>(x.Block.TokenCodes(0), 256).Fill(-128);
                new Span<float>(x.Block.TokenSums(0, 32), 8).Fill(-128 * 32);
                x.Block.CompleteSums(0);
                AssertProduct(kernel, matrix, x);
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
            using QuantizedCase x = new(random, kernel, new ActivationScheme(8, 32), tokens, matrix.Shape.Columns);
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
        foreach (int groupSize in GroupSizes)
            foreach (int count in new[] { 1, 2, 3, 5, 6, 7, 13, 99, 100 })
            {
                Random random = new(300 + bits);
                using PackedCase matrix = new(random, new PackedShape(50, 333, bits, groupSize));
                using QuantizedCase x = new(random, kernel, new ActivationScheme(4, 0, 0.9f), count, matrix.Shape.Columns);
                using ResultBuffer single = new(1, matrix.Shape.Rows, gap: 0), batch = new(count, matrix.Shape.Rows);
                using GuardedMemory memory = x.SingleMemory();
                kernel.Multiply(matrix.Matrix, x.Block, 0, matrix.Shape.TileCount, batch.Pointer, batch.Stride);
                foreach (int token in new[] { 0, count / 2, count - 1 })
                {
                    kernel.Multiply(matrix.Matrix, x.Single(token, memory), 0, matrix.Shape.TileCount, single.Pointer, single.Stride);
                    for (int row = 0; row < matrix.Shape.Rows; row++)
                        Assert.AreEqual(single[0, row], batch[token, row], $"token {token} of {count}, row {row}, groups of {groupSize}");
                }
            }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Multiply_ArgumentsThatDoNotFit_Throw(string kernelName)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        using PackedCase matrix = new(new Random(1), new PackedShape(20, 65, 3, 64));
        using QuantizedCase x = new(new Random(1), kernel, new ActivationScheme(8, 64), 2, 65), wider = new(new Random(1), kernel, new ActivationScheme(8, 64), 2, 66);
        using QuantizedCase finer = new(new Random(1), kernel, new ActivationScheme(8, 32), 2, 65);
        using ResultBuffer y = new(2, 20);
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, wider.Block, 0, 2, y.Pointer, y.Stride));
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, finer.Block, 0, 2, y.Pointer, y.Stride));
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Multiply(matrix.Matrix, x.Block, 0, 3, y.Pointer, y.Stride));
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
        using QuantizedCase x = new(new Random(1), kernel, new ActivationScheme(8, 32), 9, 33), one = new(new Random(1), kernel, new ActivationScheme(8, 32), 1, 33);
        using ResultBuffer y = new(9, 20);
        long before = 0;
        for (int call = 0; call < 101; call++)
        {
            if (call == 1)
                before = GC.GetAllocatedBytesForCurrentThread();
            kernel.Quantize(x.Source.Block, x.Block, 0, 9);
            kernel.Multiply(matrix.Matrix, one.Block, 0, 2, y.Pointer, y.Stride);
            kernel.Multiply(matrix.Matrix, x.Block, 0, 2, y.Pointer, y.Stride);
        }
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertProduct(MatrixKernel kernel, PackedCase matrix, QuantizedCase x)
    {
        PackedShape shape = matrix.Shape;
        using ResultBuffer y = new(x.Count, shape.Rows), reference = new(x.Count, shape.Rows);
        kernel.Multiply(matrix.Matrix, x.Block, 0, shape.TileCount, y.Pointer, y.Stride);
        TestKernels.Get("Scalar").Multiply(matrix.Matrix, x.Block, 0, shape.TileCount, reference.Pointer, reference.Stride);
        y.AssertWritten(0, shape.Rows, $"{kernel.Name} {shape}");
        for (int token = 0; token < x.Count; token++)
            for (int row = 0; row < shape.Rows; row++)
            {
                bool sameBits = BitConverter.SingleToInt32Bits(reference[token, row]) == BitConverter.SingleToInt32Bits(y[token, row]);
                (double expected, double tolerance) = matrix.Expected(x, token, row);
                if (!sameBits || !(Math.Abs(expected - y[token, row]) <= tolerance))
                    Assert.Fail($"{kernel.Name} {shape} {x.Scheme} token {token} of {x.Count} row {row}: {y[token, row]:R}, the scalar kernel {reference[token, row]:R}, expected {expected:R} ± {tolerance:R}.");
            }
    }
}
