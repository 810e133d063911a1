using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Numerics;

[TestClass]
public sealed class SymmetricEigenTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(16)]
    [DataRow(37)]
    public void Decompose_RandomSymmetric_VectorsSatisfyTheEquation(int size)
    {
        double[,] matrix = new double[size, size];
        Random random = new(size);
        for (int i = 0; i < size; i++)
            for (int j = 0; j <= i; j++)
                matrix[i, j] = matrix[j, i] = RandomMatrix.NextNormal(random);
        Check(matrix, size);
    }

    [TestMethod]
    public void Decompose_RepeatedAndZeroEigenvalues_StillOrthonormal()
    {
        double[,] matrix = new double[12, 12];
        for (int i = 0; i < 12; i++)
            matrix[i, i] = i < 4 ? 2 : 0;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                matrix[9 + i, 9 + j] = 1;
        Check(matrix, 12);
    }

    private static void Check(double[,] matrix, int size)
    {
        using SymmetricEigen eigen = new(size);
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
                eigen.Element(i, j) = matrix[i, j];
        eigen.Decompose();
        for (int a = 0; a < size; a++)
        {
            double[] vector = eigen.Vector(a).ToArray();
            if (a > 0)
                Assert.IsGreaterThanOrEqualTo(eigen.Value(a), eigen.Value(a - 1));
            for (int i = 0; i < size; i++)
            {
                double image = 0;
                for (int j = 0; j < size; j++)
                    image += matrix[i, j] * vector[j];
                Assert.AreEqual(eigen.Value(a) * vector[i], image, 1e-12 * size);
            }

            for (int b = 0; b < size; b++)
                Assert.AreEqual(a == b ? 1 : 0, vector.Zip(eigen.Vector(b).ToArray(), (x, y) => x * y).Sum(), 1e-13 * size);
        }
    }
}
