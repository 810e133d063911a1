using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Products of one packed matrix against their definition in double precision.</summary>
public abstract class PackedProductSuite : KernelSuite
{
    private static readonly (int Rows, int Columns, int GroupSize, bool Symmetric, int Tokens)[] Shapes =
    [
        (16, 32, 32, false, 1),
        (1, 1, 32, false, 1),
        (17, 65, 64, false, 1),
        (48, 160, 128, true, 1),
        (33, 200, 64, true, 3),
        (20, 300, 128, false, 4),
        (40, 129, 32, false, 5),
        (31, 257, 64, false, 16),
        (19, 321, 64, true, 33),
        (16, 4200, 128, false, 1),
        (5, 1100, 64, false, 2),
        (5, 1100, 64, false, 9),
        (300, 70, 32, false, 1),
        (300, 70, 64, false, 4),
    ];

    [TestMethod]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(8)]
    public void Multiply_EveryShape_AgreesWithTheDefinition(int bits)
    {
        Random random = new(bits);
        ErrorRecord errors = Errors($"W{bits} product");
        foreach ((int rows, int columns, int groupSize, bool symmetric, int tokens) in Shapes)
        {
            using PackedCase matrix = new(random, new PackedShape(rows, columns, bits, groupSize, symmetric));
            using TokenCase x = new(random, tokens, columns);
            AssertProduct(matrix, x, errors);
        }
        errors.Report();
    }

    [TestMethod]
    [DataRow(WeightStyle.ZeroRows)]
    [DataRow(WeightStyle.ConstantRows)]
    [DataRow(WeightStyle.LargestCodes)]
    [DataRow(WeightStyle.Outliers)]
    [DataRow(WeightStyle.DenormalScales)]
    [DataRow(WeightStyle.NegativeZeroPoints)]
    public void Multiply_SpecialWeightsAndTokens_AgreesWithTheDefinition(WeightStyle style)
    {
        Random random = new(100 + (int)style);
        ErrorRecord errors = Errors($"product, {style}");
        foreach (int bits in new[] { 3, 4, 8 })
        {
            using PackedCase matrix = new(random, new PackedShape(20, 100, bits, 32), style);
            using TokenCase x = new(random, 3, 100, outliers: true);
            AssertProduct(matrix, x, errors);
        }
        errors.Report();
    }

    [TestMethod]
    [DataRow(3, 3)]
    [DataRow(3, 8)]
    [DataRow(4, 3)]
    [DataRow(4, 8)]
    public void Multiply_Compensator_AgreesWithTheDefinition(int bits, int factorBits)
    {
        Random random = new(10 * bits + factorBits);
        ErrorRecord errors = Errors($"W{bits} product with {factorBits}-bit compensator");
        foreach ((int rank, int tokens) in new[] { (1, 1), (9, 3), (17, 5) })
        {
            using PackedCase matrix = new(random, new PackedShape(70, 90, bits, 32));
            using FactorCase v = new(random, new FactorShape(rank, 90, factorBits)), u = new(random, new FactorShape(rank, 70, factorBits));
            using TokenCase x = new(random, tokens, 90);
            float[] y = Run(new LinearOperand(matrix.Matrix, rank, v.Factor, u.Factor), x);
            for (int token = 0; token < tokens; token++)
                for (int row = 0; row < 70; row++)
                {
                    (double expected, double tolerance) = Compensated.Expected(matrix, v, u, x, token, row);
                    errors.Add(expected, tolerance, y[(token * 70) + row], $"rank {rank}, token {token}, row {row}");
                }
        }
        errors.Report();
    }

    [TestMethod]
    public void Multiply_HalfPrecisionInputs_AgreesWithTheDefinition()
    {
        Random random = new(7);
        ErrorRecord errors = Errors("W3 product with inputs in half precision");
        foreach (int tokens in new[] { 1, 4, 9 })
        {
            using PackedCase matrix = new(random, new PackedShape(33, 150, 3, 64));
            RoundedTokens x = new(random, tokens, 150);
            using PackedWeights weights = new(Accelerator, new LinearOperand(matrix.Matrix));
            using MemoryBuffer1D<ushort, Stride1D.Dense> inputs = Accelerator.Allocate1D(x.Bits);
            using MemoryBuffer1D<float, Stride1D.Dense> y = Untouched(tokens * 33), work = Untouched(1);
            PackedProducts.ForHalf(Accelerator).Multiply(Stream, weights, inputs.View, tokens, work.View, y.View);
            float[] results = y.GetAsArray1D();
            for (int token = 0; token < tokens; token++)
                for (int row = 0; row < 33; row++)
                {
                    (double expected, double tolerance) = matrix.Expected(x, token, row);
                    errors.Add(expected, tolerance, results[(token * 33) + row], $"token {token}, row {row}");
                }
        }
        errors.Report();
    }

    [TestMethod]
    public void Multiply_ScalarReference_Agrees()
    {
        Random random = new(11);
        using PackedCase matrix = new(random, new PackedShape(50, 333, 3, 64));
        using TokenCase x = new(random, 6, 333);
        float[] actual = Run(new LinearOperand(matrix.Matrix), x), reference = new float[6 * 50];
        unsafe
        {
            fixed (float* y = reference)
                KernelCatalog.Available[^1].Multiply(matrix.Matrix, x.Block, 0, matrix.Matrix.Shape.TileCount, y, 50);
        }
        for (int index = 0; index < reference.Length; index++)
            Assert.AreEqual(reference[index], actual[index], 2 * matrix.Expected(x, index / 50, index % 50).Tolerance);
    }

    [TestMethod]
    public void Multiply_ArgumentsThatDoNotFit_Throw()
    {
        Random random = new(1);
        using PackedCase matrix = new(random, new PackedShape(20, 33, 3, 32));
        using PackedWeights one = new(Accelerator, new LinearOperand(matrix.Matrix)), two = new(Accelerator, new LinearOperand(matrix.Matrix), new LinearOperand(matrix.Matrix));
        using MemoryBuffer1D<float, Stride1D.Dense> x = Untouched(66), y = Untouched(40), work = Untouched(1);
        PackedProduct<float> product = PackedProducts.ForSingle(Accelerator);
        Assert.ThrowsExactly<ArgumentException>(() => product.Multiply(Stream, two, x.View, 2, work.View, y.View));
        Assert.ThrowsExactly<ArgumentException>(() => product.Multiply(Stream, one, x.View, 3, work.View, y.View));
        Assert.ThrowsExactly<ArgumentException>(() => product.Multiply(Stream, one, x.View, 2, work.View, y.View.SubView(0, 39)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => product.Multiply(Stream, one, x.View, 0, work.View, y.View));
        Stream.Synchronize();
        Assert.IsTrue(y.GetAsArray1D().All(float.IsNaN));
    }

    private void AssertProduct(PackedCase matrix, TokenCase x, ErrorRecord errors)
    {
        int rows = matrix.Shape.Rows;
        float[] y = Run(new LinearOperand(matrix.Matrix), x);
        for (int token = 0; token < x.Count; token++)
            for (int row = 0; row < rows; row++)
            {
                (double expected, double tolerance) = matrix.Expected(x, token, row);
                errors.Add(expected, tolerance, y[(token * rows) + row], $"{matrix.Shape}, token {token} of {x.Count}, row {row}");
            }
        Assert.IsTrue(y.AsSpan(x.Count * rows).ToArray().All(float.IsNaN), "Something was written behind the results.");
    }

    private float[] Run(LinearOperand w, TokenCase x)
    {
        using PackedWeights weights = new(Accelerator, w);
        PackedProduct<float> product = PackedProducts.ForSingle(Accelerator);
        using MemoryBuffer1D<float, Stride1D.Dense> inputs = Accelerator.Allocate1D(Values(x)), y = Untouched((x.Count * w.Rows) + 7), work = Untouched(product.WorkLength(weights, x.Count));
        product.Multiply(Stream, weights, inputs.View, x.Count, work.View, y.View);
        return y.GetAsArray1D();
    }
}
