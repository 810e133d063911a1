using System.Numerics;
using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed class HadamardRotationTests
{
    [TestMethod]
    [DataRow(4, 4)]
    [DataRow(32, 96)]
    [DataRow(64, 128)]
    [DataRow(128, 384)]
    [DataRow(256, 256)]
    public void Apply_AnyBlock_IsTheDenseMatrix(int block, int length)
    {
        Random random = new(block);
        float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        // Behind the last value lies a guard page.
        using GuardedMemory memory = GuardedValues.Copy<float>(values);
        HadamardRotation.Apply(memory.Values<float>(), block);
        for (int i = 0; i < length; i++)
        {
            double expected = 0;
            for (int j = 0; j < block; j++)
                expected += (BitOperations.PopCount((uint)(i % block & j)) % 2 == 0 ? 1 : -1) * values[i / block * block + j] / Math.Sqrt(block);
            Assert.AreEqual(expected, memory.Values<float>()[i], 1e-5, $"value {i}");
        }
    }

    [TestMethod]
    public void Apply_Twice_GivesTheValuesBack()
    {
        float[] values = [.. Enumerable.Range(0, 128).Select(index => MathF.Sin(index))], rotated = [.. values];
        HadamardRotation.Apply(rotated, 64);
        Assert.AreNotEqual(values[5], rotated[5], 0.01f);
        HadamardRotation.Apply(rotated, 64);
        for (int index = 0; index < values.Length; index++)
            Assert.AreEqual(values[index], rotated[index], 1e-5f);
    }

    [TestMethod]
    public void Apply_BlockThatDoesNotFit_Throws()
    {
        float[] values = new float[96];
        Assert.ThrowsExactly<ArgumentException>(() => HadamardRotation.Apply(values, 64));
        Assert.ThrowsExactly<ArgumentException>(() => HadamardRotation.Apply(values, 24));
        Assert.ThrowsExactly<ArgumentException>(() => HadamardRotation.Apply(values, 2));
    }
}
