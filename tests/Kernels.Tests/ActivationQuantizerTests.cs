namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed unsafe class ActivationQuantizerTests
{
    private static readonly int[] ColumnCounts = [1, 4, 31, 33, 64, 100, 128, 129, 200, 384];
    private static readonly int[] GroupSizes = [0, 32, 64, 128];

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndActivationBits), typeof(TestKernels))]
    public void Quantize_AnyTokens_IsTheDefinition(string kernelName, int bits)
    {
        Random random = new(bits);
        foreach (TokenStyle style in Enum.GetValues<TokenStyle>())
            foreach (int groupSize in GroupSizes)
                foreach (int columns in ColumnCounts)
                {
                    using QuantizedCase x = new(random, TestKernels.Get(kernelName), new ActivationScheme(bits, groupSize, random.Next(2) == 0 ? 1 : 0.9f), 2, columns, style);
                    AssertDefinition(x, $"{kernelName} {x.Scheme} {style} {columns} columns");
                }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndActivationBits), typeof(TestKernels))]
    public void Quantize_AnyTokens_HasTheScalarKernelsBits(string kernelName, int bits)
    {
        foreach (TokenStyle style in Enum.GetValues<TokenStyle>())
            foreach (int groupSize in GroupSizes)
            {
                ActivationScheme scheme = new(bits, groupSize, 0.93f);
                using QuantizedCase actual = new(new Random(5), TestKernels.Get(kernelName), scheme, 3, 333, style);
                using QuantizedCase expected = new(new Random(5), TestKernels.Get("Scalar"), scheme, 3, 333, style);
                Assert.IsTrue(expected.Bytes.SequenceEqual(actual.Bytes), $"{kernelName} {scheme} {style}");
            }
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Quantize_HalfWayBetweenCodes_RoundsToEven(string kernelName)
    {
        // 127 is the largest value, so a step is exactly 1.
        float[] values = [127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 0.49f, 126.5f];
        int[] codes = [127, 0, 2, 2, 0, -2, -2, 0, 126];
        using QuantizedCase x = new(new Random(1), TestKernels.Get("Scalar"), new ActivationScheme(8, 32), 1, values.Length);
        values.CopyTo(new Span<float>(x.Source.Block.Token(0), values.Length));
        TestKernels.Get(kernelName).Quantize(x.Source.Block, x.Block, 0, 1);
        CollectionAssert.AreEqual(codes, codes.Select((_, index) => (int)x.Block.TokenCodes(0)[index]).ToArray());
        Assert.AreEqual(1f, x.Block.TokenScales(0)[0]);
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.NamesAndActivationBits), typeof(TestKernels))]
    public void Quantize_NaN_ShowsInItsGroupAlone(string kernelName, int bits)
    {
        using QuantizedCase x = new(new Random(1), TestKernels.Get("Scalar"), new ActivationScheme(bits, 32), 1, 96);
        x.Source.Block.Token(0)[40] = float.NaN;
        TestKernels.Get(kernelName).Quantize(x.Source.Block, x.Block, 0, 1);
        Assert.IsTrue(float.IsNaN(x.Block.TokenScales(0)[1]));
        Assert.IsFalse(float.IsNaN(x.Block.TokenScales(0)[0]) || float.IsNaN(x.Block.TokenScales(0)[2]));
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Quantize_SomeTokens_LeavesTheOthersAlone(string kernelName)
    {
        using QuantizedCase x = new(new Random(1), TestKernels.Get("Scalar"), new ActivationScheme(8, 0), 4, 70);
        byte[] before = x.Bytes.ToArray();
        int bytes = (int)x.Block.TokenBytes;
        for (int token = 0; token < 4; token++)
            x.Source.Block.Token(token)[0] = 50;
        TestKernels.Get(kernelName).Quantize(x.Source.Block, x.Block, 1, 3);
        for (int token = 0; token < 4; token++)
            Assert.AreEqual(token is 1 or 2, !x.Bytes.Slice(token * bytes, bytes).SequenceEqual(before.AsSpan(token * bytes, bytes)), $"token {token}");
    }

    [TestMethod]
    public void Members_ArgumentsOutOfRange_Throw()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ActivationScheme(5, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ActivationScheme(8, 16));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ActivationScheme(8, 32, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ActivationScheme(8, 32, 1.01f));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ActivationScheme(8, 32, float.NaN));
        using QuantizedCase x = new(new Random(1), TestKernels.Get("Scalar"), new ActivationScheme(8, 0), 2, 70), other = new(new Random(1), TestKernels.Get("Scalar"), new ActivationScheme(8, 0), 2, 71);
        Assert.ThrowsExactly<ArgumentException>(() => KernelCatalog.Best.Quantize(x.Source.Block, other.Block, 0, 1));
        Assert.ThrowsExactly<ArgumentException>(() => KernelCatalog.Best.Quantize(x.Source.Block, x.Block, 0, 3));
    }

    private static void AssertDefinition(QuantizedCase x, string what)
    {
        QuantizedActivations block = x.Block;
        int groupSize = x.Scheme.GroupSize == 0 ? block.Stride : x.Scheme.GroupSize;
        for (int token = 0; token < x.Count; token++)
            for (int first = 0; first < block.Stride; first += groupSize)
                AssertGroup(x, token, first, groupSize, what);
    }

    private static void AssertGroup(QuantizedCase x, int token, int first, int groupSize, string what)
    {
        double[] values = [.. Enumerable.Range(first, groupSize).Select(column => column < x.Columns ? x.Source.Value(token, column) : 0)];
        double low = Math.Min(0, values.Min()), high = Math.Max(0, values.Max());
        bool eight = x.Scheme.Bits == 8;
        double range = (eight ? Math.Max(-low, high) : high - low) * x.Scheme.ClipRatio;
        double scale = range < 1e-30 ? 0 : range / (eight ? 127 : 15);
        int zero = eight ? 127 : scale == 0 ? 0 : (int)Math.Round(-low * x.Scheme.ClipRatio / scale);
        for (int column = 0; column < groupSize; column++)
        {
            int code = x.Block.TokenCodes(token)[first + column];
            float stored = x.Block.TokenScales(token)[(first + column) / 32];
            Assert.AreEqual(scale, stored, scale * 3e-7, what);
            double exact = scale == 0 ? 0 : Math.Clamp(values[column] / scale, -zero, eight ? 127 : 15 - zero);
            // Single precision may decide a value half way between two codes, or a zero point half way, the other way.
            Assert.AreEqual(exact, code, 0.5 + 1e-4, $"{what} token {token} column {first + column}");
            if (values[column] == 0)
                Assert.AreEqual(0, code, what);
        }
        for (int column = first; column < first + groupSize; column += 32)
        {
            int sum = 0;
            for (int index = column; index < column + 32; index++)
                sum += x.Block.TokenCodes(token)[index];
            Assert.AreEqual(sum, x.Block.TokenSums(token, 32)[column / 32], what);
        }
    }
}
