namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed unsafe class ActivationBufferTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(31)]
    [DataRow(128)]
    [DataRow(200)]
    [DataRow(1024)]
    [DataRow(2048)]
    public void Complete_AnyWidth_PadsWithZerosAndSumsGroups(int columns)
    {
        using ActivationBuffer buffer = new(3, 2048);
        buffer.Reset(3, 2048);
        for (int token = 0; token < 3; token++)
            buffer.Row(token).Fill(float.NaN);

        Random random = new(columns);
        float[] values = [.. Enumerable.Range(0, 2 * columns).Select(_ => (float)random.NextDouble())];
        buffer.Reset(2, columns);
        for (int token = 0; token < 2; token++)
            values.AsSpan(token * columns, columns).CopyTo(buffer.Row(token));
        ActivationBlock block = buffer.Complete();

        Assert.AreEqual((2, columns, 0), (block.Count, block.Columns, block.Stride % 128));
        Assert.AreEqual(0u, (nuint)block.Values % 64);
        Assert.AreNotEqual(0, block.Stride % 1024, "tokens must not all lie in the same cache sets");
        for (int token = 0; token < 2; token++)
            for (int group = 0; group < block.Stride / 32; group++)
            {
                double sum = 0;
                for (int column = group * 32; column < group * 32 + 32; column++)
                {
                    float expected = column < columns ? values[token * columns + column] : 0;
                    Assert.AreEqual(expected, block.Values[token * block.Stride + column]);
                    sum += expected;
                }
                Assert.AreEqual(sum, block.GroupSums[token * block.Stride / 32 + group], 1e-5);
            }
    }

    [TestMethod]
    public void Members_ArgumentsOutOfRange_Throw()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ActivationBuffer(0, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ActivationBuffer(1, 0));
        using ActivationBuffer buffer = new(2, 10);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => buffer.Reset(3, 10));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => buffer.Reset(2, 11));
        buffer.Reset(1, 10);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => buffer.Row(1).Clear());
        buffer.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => buffer.Complete());
    }
}
