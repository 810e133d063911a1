namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed unsafe class LowRankProductTests
{
    private static readonly int[] Ranks = [1, 2, 4, 5, 16, 33, 64, 65, 130];
    private static readonly int[] Lengths = [1, 4, 15, 16, 17, 31, 33, 63, 64, 65, 100, 128, 200];
    private static readonly int[] TokenCounts = [1, 3, 4, 7, 16];

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndFactorBits), typeof(TestKernels))]
    public void Project_EveryShape_AgreesWithTheDefinition(string kernelName, int bits)
    {
        Random random = new(bits);
        int step = 0;
        foreach (int rank in Ranks)
            foreach (int length in Lengths)
            {
                int tokens = TokenCounts[step++ % TokenCounts.Length];
                using FactorCase v = new(random, new FactorShape(rank, length, bits));
                using TokenCase x = new(random, tokens, length);
                using ResultBuffer latent = new(tokens, rank);
                int first = step % 3 == 0 ? rank / 2 : 0;
                TestKernels.Get(kernelName).Project(v.Factor, x.Block, first, rank, latent.Pointer, latent.Stride);
                latent.AssertWritten(first, rank, $"{kernelName} {v.Shape}");
                for (int token = 0; token < tokens; token++)
                    for (int i = first; i < rank; i++)
                    {
                        double expected = 0, magnitude = 0;
                        for (int k = 0; k < length; k++)
                        {
                            expected += v[i, k] * x.Value(token, k);
                            magnitude += Math.Abs(v[i, k] * x.Value(token, k));
                        }
                        Assert.AreEqual(expected, latent[token, i], (length + 8) * Math.Pow(2, -24) * magnitude, $"{kernelName} {v.Shape} token {token} rank {i}");
                    }
            }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndFactorBits), typeof(TestKernels))]
    public void AddExpanded_EveryShape_AddsTheDefinition(string kernelName, int bits)
    {
        Random random = new(50 + bits);
        int step = 0;
        foreach (int rank in Ranks)
            foreach (int length in Lengths)
            {
                int tokens = TokenCounts[step++ % TokenCounts.Length];
                using FactorCase u = new(random, new FactorShape(rank, length, bits));
                using ResultBuffer latent = new(tokens, rank), y = new(tokens, length), before = new(tokens, length);
                latent.Fill((_, _) => (float)(random.NextDouble() * 2 - 1));
                before.Fill((_, _) => (float)(random.NextDouble() * 2 - 1));
                y.Fill((token, n) => before[token, n]);
                int tiles = (length + 15) / 16, first = step % 3 == 0 ? tiles / 2 : 0;
                TestKernels.Get(kernelName).AddExpanded(u.Factor, latent.Pointer, latent.Stride, tokens, first, tiles, y.Pointer, y.Stride);
                for (int token = 0; token < tokens; token++)
                    for (int n = 0; n < length; n++)
                    {
                        double expected = before[token, n], magnitude = Math.Abs(expected);
                        for (int i = 0; i < rank && n >= first * 16; i++)
                        {
                            expected += u[i, n] * latent[token, i];
                            magnitude += Math.Abs(u[i, n] * latent[token, i]);
                        }
                        double tolerance = n < first * 16 ? 0 : (rank + 8) * Math.Pow(2, -24) * magnitude;
                        Assert.AreEqual(expected, y[token, n], tolerance, $"{kernelName} {u.Shape} token {token} row {n}, tiles {first}..{tiles}");
                    }
            }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndFactorBits), typeof(TestKernels))]
    public void ProjectAndAddExpanded_TokenInAnyBatchAndRange_HaveTheSameResultToTheLastBit(string kernelName, int bits)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(60 + bits);
        const int rank = 70, inputs = 333, outputs = 150, tiles = 10, tokens = 13;
        using FactorCase v = new(random, new FactorShape(rank, inputs, bits)), u = new(random, new FactorShape(rank, outputs, bits));
        using TokenCase x = new(random, tokens, inputs);
        using ResultBuffer batchLatent = new(tokens, rank), batchY = new(tokens, outputs), latent = new(1, rank), y = new(1, outputs);
        batchY.Fill((_, _) => 0.25f);
        kernel.Project(v.Factor, x.Block, 0, rank, batchLatent.Pointer, batchLatent.Stride);
        kernel.AddExpanded(u.Factor, batchLatent.Pointer, batchLatent.Stride, tokens, 0, tiles, batchY.Pointer, batchY.Stride);
        ActivationBlock block = x.Block;
        for (int token = 0; token < tokens; token++)
        {
            ActivationBlock one = new(block.Token(token), block.TokenSums(token), 1, inputs, block.Stride);
            y.Fill((_, _) => 0.25f);
            for (int first = 0; first < rank; first += 9)
                kernel.Project(v.Factor, one, first, Math.Min(first + 9, rank), latent.Pointer, latent.Stride);
            for (int first = 0; first < tiles; first += 3)
                kernel.AddExpanded(u.Factor, latent.Pointer, latent.Stride, 1, first, Math.Min(first + 3, tiles), y.Pointer, y.Stride);
            for (int i = 0; i < rank; i++)
                Assert.AreEqual(latent[0, i], batchLatent[token, i], $"latent {i} of token {token}");
            for (int n = 0; n < outputs; n++)
                Assert.AreEqual(y[0, n], batchY[token, n], $"row {n} of token {token}");
        }
    }
}
