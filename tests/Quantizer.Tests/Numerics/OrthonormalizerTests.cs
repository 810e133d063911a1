using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Numerics;

[TestClass]
public sealed class OrthonormalizerTests
{
    [TestMethod]
    public void Orthonormalize_NearlyDependentColumns_GivesOrthonormalBasisOfTheirSpan()
    {
        using FloatMatrix matrix = RandomMatrix.Normal(50, 6, 5), original = new(50, 6);
        for (int i = 0; i < 50; i++)
            matrix[i, 3] = matrix[i, 0] + 1e-4f * matrix[i, 3];
        original.CopyFrom(matrix);
        Orthonormalizer.Orthonormalize(matrix);
        for (int a = 0; a < 6; a++)
            for (int b = 0; b < 6; b++)
                Assert.AreEqual(a == b ? 1 : 0, Dot(matrix, a, matrix, b), 1e-6);
        // Every original column is reproduced by its projection.
        for (int c = 0; c < 6; c++)
        {
            double squared = Dot(original, c, original, c), captured = 0;
            for (int a = 0; a < 6; a++)
                captured += Math.Pow(Dot(original, c, matrix, a), 2);
            Assert.AreEqual(squared, captured, squared * 1e-6);
        }
    }

    [TestMethod]
    public void Orthonormalize_DependentColumn_BecomesZero()
    {
        using FloatMatrix matrix = RandomMatrix.Normal(20, 3, 6);
        for (int i = 0; i < 20; i++)
            (matrix[i, 1], matrix[i, 2]) = (2 * matrix[i, 0], 0);
        Orthonormalizer.Orthonormalize(matrix);
        Assert.AreEqual(1, Dot(matrix, 0, matrix, 0), 1e-6);
        Assert.AreEqual(0, Dot(matrix, 1, matrix, 1));
        Assert.AreEqual(0, Dot(matrix, 2, matrix, 2));
    }

    private static double Dot(FloatMatrix a, int columnA, FloatMatrix b, int columnB)
    {
        double sum = 0;
        for (int i = 0; i < a.Rows; i++)
            sum += (double)a[i, columnA] * b[i, columnB];
        return sum;
    }
}
