namespace MoEQuant.Kernels.Tests;

/// <summary>Products that end with their compensator's expansion: the same bits as one after the other.</summary>
[TestClass]
public sealed unsafe class CompensatedProductTests
{
    private const int Columns = 200;

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndFactorBits), typeof(TestKernels))]
    public void Multiply_WithExpansion_HasTheBitsOfProductAndExpansion(string kernelName, int factorBits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(factorBits);
        foreach (int rows in new[] { 1, 16, 17, 33, 37, 70 })
            foreach (int rank in new[] { 1, 8, 70 })
                foreach (int tokens in new[] { 1, 3, 4, 7, 100 })
                {
                    using PackedCase matrix = new(random, new PackedShape(rows, Columns, 3, 64));
                    using FactorCase u = new(random, new FactorShape(rank, rows, factorBits));
                    using QuantizedCase quantized = new(random, kernel, new ActivationScheme(8, 64), tokens, Columns);
                    using TokenCase floats = new(random, tokens, Columns);
                    using ResultBuffer latent = new(tokens, rank), expected = new(tokens, rows), y = new(tokens, rows);
                    latent.Fill((_, _) => (float)(random.NextDouble() - 0.5));
                    LowRankExpansion expansion = new(u.Factor, latent.Pointer, latent.Stride);
                    int tiles = matrix.Matrix.Shape.TileCount, first = tiles / 2;

                    kernel.Multiply(matrix.Matrix, quantized.Block, 0, tiles, expected.Pointer, expected.Stride);
                    kernel.AddExpanded(u.Factor, latent.Pointer, latent.Stride, tokens, 0, tiles, expected.Pointer, expected.Stride);
                    kernel.Multiply(matrix.Matrix, quantized.Block, expansion, 0, first, y.Pointer, y.Stride);
                    kernel.Multiply(matrix.Matrix, quantized.Block, expansion, first, tiles, y.Pointer, y.Stride);
                    AssertEqual(expected, y, tokens, rows, $"quantized, {rows} rows, rank {rank}, {tokens} tokens");

                    kernel.Multiply(matrix.Matrix, floats.Block, 0, tiles, expected.Pointer, expected.Stride);
                    kernel.AddExpanded(u.Factor, latent.Pointer, latent.Stride, tokens, 0, tiles, expected.Pointer, expected.Stride);
                    kernel.Multiply(matrix.Matrix, floats.Block, expansion, 0, tiles, y.Pointer, y.Stride);
                    AssertEqual(expected, y, tokens, rows, $"exact, {rows} rows, rank {rank}, {tokens} tokens");
                }
    }

    [TestMethod]
    public void Multiply_ExpansionOfAnotherMatrix_IsRefused()
    {
        using PackedCase matrix = new(new Random(1), new PackedShape(32, Columns, 3, 64));
        using FactorCase u = new(new Random(1), new FactorShape(4, 31, 8));
        using TokenCase x = new(new Random(1), 2, Columns);
        using ResultBuffer latent = new(2, 4), y = new(2, 32);
        ActivationBlock block = x.Block;
        Assert.ThrowsExactly<ArgumentException>(() => KernelCatalog.Best.Multiply(matrix.Matrix, block, new LowRankExpansion(u.Factor, latent.Pointer, 4), 0, 2, y.Pointer, y.Stride));
    }

    private static void AssertEqual(ResultBuffer expected, ResultBuffer y, int tokens, int rows, string what)
    {
        for (int token = 0; token < tokens; token++)
            for (int n = 0; n < rows; n++)
                Assert.AreEqual(expected[token, n], y[token, n], $"{what}: row {n} of token {token}");
    }
}
