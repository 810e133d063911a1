using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Numerics;

[TestClass]
public sealed class MatrixProductTests
{
    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(3, 5, 17)]
    [DataRow(4, 32, 33)]
    [DataRow(7, 16, 48)]
    [DataRow(21, 70, 100)]
    [DataRow(6, 3000, 40)]
    [DataRow(5, 100, 4200)]
    public void Add_AnyShape_EqualsScalarLoopBitByBit(int rows, int inner, int columns)
    {
        using FloatMatrix a = RandomMatrix.Normal(rows, inner, 1), b = RandomMatrix.Normal(inner, columns, 2), c = RandomMatrix.Normal(rows, columns, 3), start = new(rows, columns);
        start.CopyFrom(c);
        MatrixProduct.Add(a, b, c);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
            {
                float expected = start[i, j];
                for (int k = 0; k < inner; k++)
                    expected = MathF.FusedMultiplyAdd(a[i, k], b[k, j], expected);
                Assert.AreEqual(expected, c[i, j]);
            }
    }

    [TestMethod]
    public void AddTransposed_AgainstDoubleOracle_WithinRounding()
    {
        using FloatMatrix a = RandomMatrix.Normal(90, 13, 1), b = RandomMatrix.Normal(90, 37, 2), c = new(13, 37);
        MatrixProduct.AddTransposed(a, b, c);
        for (int i = 0; i < 13; i++)
            for (int j = 0; j < 37; j++)
            {
                double expected = 0;
                for (int k = 0; k < 90; k++)
                    expected += (double)a[k, i] * b[k, j];
                Assert.AreEqual(expected, c[i, j], 2e-5);
            }
    }

    [TestMethod]
    public void Subtract_WhatAddAdded_LeavesNearlyZero()
    {
        using FloatMatrix a = RandomMatrix.Normal(9, 20, 1), b = RandomMatrix.Normal(20, 50, 2), c = new(9, 50);
        MatrixProduct.Add(a, b, c);
        MatrixProduct.Subtract(a, b, c);
        for (int i = 0; i < 9; i++)
            foreach (float value in c.Row(i))
                Assert.AreEqual(0f, value, 1e-5f);
    }

    [TestMethod]
    public void Add_WrongShapes_Throws()
    {
        using FloatMatrix a = new(2, 3), b = new(4, 5), c = new(2, 5);
        Assert.ThrowsExactly<ArgumentException>(() => MatrixProduct.Add(a, b, c));
    }
}
