using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Numerics;

[TestClass]
public sealed class GramProductTests
{
    [TestMethod]
    [DataRow(1, 1, 0, 1)]
    [DataRow(5, 40, 0, 40)]
    [DataRow(300, 33, 0, 33)]
    [DataRow(17, 100, 64, 36)]
    [DataRow(600, 7, 2, 3)]
    public void Add_AllRows_AgreesWithDoubleSums(int tokens, int columns, int first, int width)
    {
        using FloatMatrix rows = RandomMatrix.HeavyTailed(tokens, columns, 3, 1);
        using DoubleMatrix gram = new(width, width);
        GramProduct.Add(rows, [], [], first, gram);
        for (int i = 0; i < width; i++)
            for (int j = i; j < width; j++)
            {
                double expected = 0, size = 0;
                for (int t = 0; t < tokens; t++)
                {
                    expected += (double)rows[t, first + i] * rows[t, first + j];
                    size += Math.Abs((double)rows[t, first + i] * rows[t, first + j]);
                }

                Assert.AreEqual(expected, gram[i, j], 1e-5 * size + 1e-30);
            }
    }

    [TestMethod]
    public void Add_SelectedAndWeighted_CountsEachRowByItsWeight()
    {
        using FloatMatrix rows = RandomMatrix.Normal(10, 5, 1);
        int[] selected = [9, 2, 2];
        float[] weights = [0.25f, 2, 0];
        using DoubleMatrix gram = new(5, 5);
        GramProduct.Add(rows, selected, weights, 0, gram);
        for (int i = 0; i < 5; i++)
            for (int j = i; j < 5; j++)
                Assert.AreEqual(0.25 * rows[9, i] * rows[9, j] + 2.0 * rows[2, i] * rows[2, j], gram[i, j], 1e-5);
    }

    [TestMethod]
    public void Add_WrongWeightCount_Throws()
    {
        using FloatMatrix rows = new(3, 4);
        using DoubleMatrix gram = new(4, 4);
        Assert.Throws<ArgumentException>(() => GramProduct.Add(rows, [], [1], 0, gram));
        Assert.Throws<ArgumentException>(() => GramProduct.Add(rows, [], [], 1, gram));
    }
}
