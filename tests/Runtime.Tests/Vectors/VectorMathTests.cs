using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Tests.Vectors;

/// <summary>Against double precision, at lengths that fill registers, do not, and are none.</summary>
[TestClass]
public sealed class VectorMathTests
{
    private const double Tolerance = 4e-7;

    private static readonly int[] Lengths = [0, 1, 3, 4, 5, 8, 31, 257];

    [TestMethod]
    public void Elementwise_EveryLength_IsRoundedOnceOrTwice()
    {
        foreach (int length in Lengths)
        {
            float[] a = Values(length, 1), b = Values(length, 2);
            Compare(length, destination => VectorMath.Add(a, b, destination), i => (double)a[i] + b[i]);
            Compare(length, destination => VectorMath.Multiply(a, b, destination), i => (double)a[i] * b[i]);
            Compare(length, destination => VectorMath.Multiply(a, 1.7f, destination), i => a[i] * (double)1.7f);
            Compare(length, destination => VectorMath.MultiplyAdd(a, 1.7f, b, destination), i => (a[i] * (double)1.7f) + b[i]);
            Compare(length, destination => VectorMath.Divide(a, 1.7f, destination), i => a[i] / (double)1.7f);
            Compare(length, destination => VectorMath.Sigmoid(a, destination), i => 1 / (1 + Math.Exp(-a[i])));
        }
    }

    [TestMethod]
    public void Sums_EveryLength_AreThoseOfDoublePrecision()
    {
        foreach (int length in Lengths)
        {
            float[] a = Values(length, 3);
            Assert.AreEqual(a.Sum(x => (double)x), VectorMath.Sum(a), 1e-4, $"{length}");
            Assert.AreEqual(a.Sum(x => (double)x * x), VectorMath.SumOfSquares(a), 2e-3, $"{length}");
        }
    }

    [TestMethod]
    public void IndexOfMax_EveryPlace_IsTheFirstOfTheLargest()
    {
        foreach (int length in Lengths.Where(length => length > 0))
            for (int place = 0; place < length; place++)
            {
                float[] a = Values(length, 4);
                a[place] = a[^1] = 99;
                Assert.AreEqual(place, VectorMath.IndexOfMax(a), $"{length}");
                Assert.AreEqual(99, VectorMath.Max(a));
            }
    }

    [TestMethod]
    public void SoftMax_EveryLength_AreProbabilities()
    {
        foreach (int length in Lengths)
        {
            float[] a = Values(length, 5);
            double max = length == 0 ? 0 : a.Max(), sum = a.Sum(x => Math.Exp(x - max));
            Compare(length, destination => VectorMath.SoftMax(a, destination), i => Math.Exp(a[i] - max) / sum);
        }
    }

    [TestMethod]
    public void Sigmoid_FarFromZero_IsZeroOrOne()
    {
        float[] results = new float[5];
        VectorMath.Sigmoid([-1e30f, -200, 200, 1e30f, float.NaN], results);
        Assert.AreEqual(0, results[0], 1e-37f);
        Assert.AreEqual(0, results[1], 1e-37f);
        Assert.AreEqual(1, results[2]);
        Assert.AreEqual(1, results[3]);
        Assert.IsTrue(float.IsNaN(results[4]));
    }

    [TestMethod]
    public void Add_LengthsDiffer_IsRefused() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => VectorMath.Add(new float[4], new float[5], new float[5]));

    private static void Compare(int length, Action<float[]> calculate, Func<int, double> expected)
    {
        float[] results = new float[length + 1];
        results[length] = 42;
        calculate(results);
        for (int i = 0; i < length; i++)
            Assert.AreEqual(expected(i), results[i], Tolerance * Math.Max(1, Math.Abs(expected(i))), $"{i} of {length}");
        Assert.AreEqual(42, results[length], "Nothing beyond the end is written.");
    }

    // In (-8, 8), the same in every run.
    private static float[] Values(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 16)];
    }
}
