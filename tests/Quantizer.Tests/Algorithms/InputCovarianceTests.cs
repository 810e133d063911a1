using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class InputCovarianceTests
{
    [TestMethod]
    public void OutputNorm_AgreesWithTheOutputsThemselves()
    {
        using FloatMatrix inputs = CorrelatedInputs.Create(50, 70, 1), matrix = RandomMatrix.Normal(130, 70, 2);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        double expected = CorrelatedInputs.MeanSquaredOutput(matrix, inputs);
        Assert.AreEqual(expected, covariance.OutputNorm(matrix, ManagedBackend.Instance), 1e-4 * expected);
        Assert.AreEqual(50, covariance.TokenCount);
    }

    [TestMethod]
    public void From_WeightedRows_IsTheWeightedMean()
    {
        using FloatMatrix inputs = RandomMatrix.Normal(4, 3, 1);
        using InputCovariance covariance = InputCovariance.From(inputs, [3, 0], [1, 3], ManagedBackend.Instance);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                Assert.AreEqual((inputs[3, i] * inputs[3, j] + 3 * inputs[0, i] * inputs[0, j]) / 4, covariance.Matrix[i, j], 1e-5f);
    }

    [TestMethod]
    public void From_WiderThanABlock_KeepsBlocksThatEndWithGroups()
    {
        using FloatMatrix inputs = RandomMatrix.Normal(2, 4200, 1);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        Assert.AreEqual(2, covariance.BlockCount);
        Assert.AreEqual(0, covariance.BlockSize % 128);
        Assert.AreEqual((covariance.BlockSize, 4200 - covariance.BlockSize), covariance.Range(1));
        Assert.AreEqual((inputs[0, 4199] * inputs[0, 4190] + inputs[1, 4199] * inputs[1, 4190]) / 2, covariance.Matrix[4199, 4190 - covariance.BlockSize], 1e-5f);
        Assert.AreEqual((inputs[0, 4199] * inputs[0, 4199] + inputs[1, 4199] * inputs[1, 4199]) / 2, covariance.Diagonal(4199), 1e-5f);
    }

    [TestMethod]
    public void Factor_OfCorrelatedInputs_GivesTheDampedCovarianceBack()
    {
        using FloatMatrix inputs = CorrelatedInputs.Create(20, 75, 5);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        CovarianceFactor factor = covariance.Factor(0, 32, ManagedBackend.Instance);
        double mean = Enumerable.Range(0, 75).Average(j => (double)covariance.Diagonal(j));
        for (int i = 0; i < 75; i++)
            for (int j = i; j < 75; j++)
            {
                // R = (R̂ + I)·√d: (R Rᵀ)[i, j] = Σ_k≥j R[i, k] R[j, k].
                double sum = 0;
                for (int k = j; k < 75; k++)
                    sum += (i == k ? 1 : (double)factor.Feedback[i, k]) * (j == k ? 1 : (double)factor.Feedback[j, k]) * factor.Weights[k];
                int row = factor.Order.Columns[i], column = factor.Order.Columns[j];
                Assert.AreEqual(covariance.Matrix[row, column] + (i == j ? factor.Damping * mean : 0), mean * sum, 1e-5 * mean);
            }
    }

    [TestMethod]
    public void Factor_ZeroCovariance_CountsEveryWeightTheSame()
    {
        using FloatMatrix inputs = new(3, 40);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        CovarianceFactor factor = covariance.Factor(0, 64, ManagedBackend.Instance);
        Assert.AreEqual(0, DoubleSums.SquaredNorm(factor.Feedback));
        Assert.IsTrue(factor.Weights.All(weight => weight == 1));
    }
}
