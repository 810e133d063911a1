using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class DriftCorrectionTests
{
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(37, 75)]
    [DataRow(20, 128)]
    public void SolveCovariance_TimesTheDampedCovariance_GivesTheMatrixBack(int rows, int columns)
    {
        using FloatMatrix inputs = CorrelatedInputs.Create(200, columns, 1), matrix = RandomMatrix.Normal(rows, columns, 2), solution = new(rows, columns);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        CovarianceFactor factor = covariance.Factor(0, 32, ManagedBackend.Instance);
        solution.CopyFrom(matrix);
        ManagedBackend.Instance.SolveCovariance(solution, factor);
        double lambda = factor.Damping / factor.InverseMean;
        for (int row = 0; row < rows; row++)
            for (int j = 0; j < columns; j++)
            {
                double sum = lambda * solution[row, j];
                for (int k = 0; k < columns; k++)
                    sum += (double)solution[row, k] * covariance.Matrix[k, j];
                Assert.AreEqual(matrix[row, j], sum, 2e-3);
            }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Quantize_InputsThatMoved_OutputsAreNearerToTheOriginal(bool selectedAndWeighted)
    {
        // The quantized network feeds a distorted mixture of the original inputs.
        using FloatMatrix original = CorrelatedInputs.Create(500, 96, 1), weights = RandomMatrix.Normal(24, 96, 2, 0.05), mixing = RandomMatrix.Normal(96, 96, 3, 0.03), moved = new(500, 96);
        moved.CopyFrom(original);
        MatrixProduct.Add(original, mixing, moved);
        int[] selected = selectedAndWeighted ? [.. Enumerable.Range(0, 250).Select(i => 2 * i)] : [];
        float[] importance = selectedAndWeighted ? [.. Enumerable.Range(0, 250).Select(i => 0.5f + i % 3)] : [];
        double without = Error(null), with = Error(original);
        Console.WriteLine($"mean squared distance from the original outputs: {without:G4}, corrected {with:G4}");
        Assert.IsLessThan(0.3 * without, with);

        double Error(FloatMatrix? reference)
        {
            using InputCovariance covariance = InputCovariance.From(moved, selected, importance, ManagedBackend.Instance, reference);
            using FloatMatrix dequantized = new(24, 96), outputs = new(500, 24);
            MatrixQuantizer.Quantize(weights, covariance, new(new(4, 64), RoundingMethod.ErrorFeedback), ManagedBackend.Instance, CancellationToken.None).Dequantize(dequantized, ManagedBackend.Instance);
            double sum = 0;
            for (int token = 0; token < 500; token++)
                for (int row = 0; row < 24; row++)
                {
                    double difference = 0;
                    for (int k = 0; k < 96; k++)
                        difference += (double)dequantized[row, k] * moved[token, k] - (double)weights[row, k] * original[token, k];
                    sum += difference * difference / 500;
                }

            return sum;
        }
    }

    [TestMethod]
    public void From_ReferenceOfAnotherShape_Throws()
    {
        using FloatMatrix inputs = RandomMatrix.Normal(5, 8, 1), reference = RandomMatrix.Normal(4, 8, 1);
        Assert.Throws<ArgumentException>(() => InputCovariance.From(inputs, [], [], ManagedBackend.Instance, reference));
    }
}
