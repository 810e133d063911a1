using System.Numerics;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

[TestClass]
public sealed class ChannelMapTests
{
    private const int Width = 48;

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(16)]
    public void BlockHadamard_Apply_MultipliesEveryBlockBySylvestersMatrix(int block)
    {
        using FloatMatrix x = RandomMatrix.Normal(1, Width, 1);
        float[] rotated = [.. x.Row(0)];
        new BlockHadamard(Width, block).Apply(rotated);
        for (int i = 0; i < Width; i++)
        {
            double expected = 0;
            for (int j = 0; j < block; j++)
                expected += (BitOperations.PopCount((uint)(i % block & j)) % 2 == 0 ? 1 : -1) * x[0, i / block * block + j] / Math.Sqrt(block);
            Assert.AreEqual(expected, rotated[i], 1e-5);
        }
    }

    [TestMethod]
    [DataRow(448, 128, 64)]
    [DataRow(704, 128, 64)]
    [DataRow(256, 128, 128)]
    [DataRow(256, 1000, 256)]
    [DataRow(7, 128, 1)]
    public void LargestBlock_Widths_DivideThemWithinTheLimit(int width, int limit, int expected) => Assert.AreEqual(expected, BlockHadamard.LargestBlock(width, limit));

    [TestMethod]
    [DataRow(Width, 3)]
    [DataRow(Width, 32)]
    public void BlockHadamard_BlockThatDoesNotFit_Throws(int width, int block) => Assert.ThrowsExactly<ArgumentException>(() => new BlockHadamard(width, block));

    [TestMethod]
    public void ChannelScale_NotFinite_Throws() => Assert.ThrowsExactly<ArgumentException>(() => new ChannelScale([1, float.NaN]));

    [TestMethod]
    [DataRow("scale")]
    [DataRow("rotation")]
    [DataRow("scale, rotation")]
    [DataRow("rotation, scale, rotation")]
    public void ApplyDual_OfWeights_KeepsTheProductWithMappedInputs(string kind)
    {
        ChannelMap map = Map(kind);
        using FloatMatrix vectors = RandomMatrix.Normal(2, Width, 2);
        double before = Dot(vectors.Row(0), vectors.Row(1));
        map.Apply(vectors.Row(0));
        map.ApplyDual(vectors.Row(1));
        Assert.AreEqual(before, Dot(vectors.Row(0), vectors.Row(1)), 1e-4);
    }

    [TestMethod]
    [DataRow("scale")]
    [DataRow("rotation")]
    [DataRow("scale, rotation")]
    [DataRow("rotation, scale, rotation")]
    public void ApplyToRows_OfTheProducer_MapsItsOutputs(string kind)
    {
        ChannelMap map = Map(kind);
        using FloatMatrix weights = RandomMatrix.Normal(Width, 20, 3), input = RandomMatrix.Normal(1, 20, 4);
        float[] expected = Outputs(weights, input);
        map.Apply(expected);
        map.ApplyToRows(weights);
        AssertClose(expected, Outputs(weights, input));
    }

    [TestMethod]
    [DataRow("scale")]
    [DataRow("rotation")]
    [DataRow("scale, rotation")]
    [DataRow("rotation, scale, rotation")]
    public void ApplyToRows_SomeBlocksOnly_EqualsThoseRowsOfTheWhole(string kind)
    {
        ChannelMap map = Map(kind);
        const int First = 16;
        using FloatMatrix whole = RandomMatrix.Normal(Width, 5, 5), part = new(Width - First, 5);
        for (int row = First; row < Width; row++)
            whole.Row(row).CopyTo(part.Row(row - First));
        map.ApplyToRows(whole);
        map.ApplyToRows(part, First);
        for (int row = First; row < Width; row++)
            AssertClose(whole.Row(row).ToArray(), part.Row(row - First).ToArray());
    }

    [TestMethod]
    [DataRow("scale")]
    [DataRow("rotation")]
    [DataRow("scale, rotation")]
    [DataRow("rotation, scale, rotation")]
    public void ApplyToCovariance_OfTokens_EqualsCovarianceOfMappedTokens(string kind)
    {
        ChannelMap map = Map(kind);
        using FloatMatrix tokens = RandomMatrix.Normal(30, Width, 6), before = new(Width, Width), expected = new(Width, Width);
        MatrixProduct.AddTransposed(tokens, tokens, before);
        map.ApplyToCovariance(before);
        map.ApplyToTokens(tokens);
        MatrixProduct.AddTransposed(tokens, tokens, expected);
        Assert.AreEqual(0, RandomMatrix.FrobeniusDistance(expected, before), 1e-4 * Math.Sqrt(DoubleSums.SquaredNorm(expected)));
    }

    private static ChannelMap Map(string kind)
    {
        ChannelScale scale = new([.. Enumerable.Range(1, Width).Select(i => 0.1f * i)]);
        BlockHadamard rotation = new(Width, 16);
        return kind switch
        {
            "scale" => scale,
            "rotation" => rotation,
            "scale, rotation" => scale.Then(rotation),
            _ => rotation.Then(scale).Then(new BlockHadamard(Width, 8)),
        };
    }

    private static float[] Outputs(FloatMatrix weights, FloatMatrix input)
    {
        float[] outputs = new float[weights.Rows];
        for (int row = 0; row < weights.Rows; row++)
            outputs[row] = (float)Dot(weights.Row(row), input.Row(0));
        return outputs;
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 1e-4f * (1 + Math.Abs(expected[i])), $"Channel {i}");
    }
}
