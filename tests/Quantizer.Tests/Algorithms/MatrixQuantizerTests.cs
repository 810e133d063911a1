using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class MatrixQuantizerTests
{
    [TestMethod]
    [DataRow(3, 64, false)]
    [DataRow(3, 64, true)]
    [DataRow(4, 128, false)]
    [DataRow(4, 32, true)]
    public void Quantize_ErrorFeedback_HasLessOutputErrorThanHqqOnUnseenInputs(int bits, int groupSize, bool symmetric)
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(48, 200, 1), inputs = CorrelatedInputs.Create(600, 200, 7), unseen = CorrelatedInputs.Create(600, 200, 7);
        using InputCovariance covariance = InputCovariance.From(inputs, [.. Enumerable.Range(0, 400)], [], ManagedBackend.Instance), held = InputCovariance.From(unseen, [.. Enumerable.Range(400, 200)], [], ManagedBackend.Instance);
        GroupScheme scheme = new(bits, groupSize, symmetric);
        double hqq = OutputError(weights, covariance, held, new(scheme, RoundingMethod.Hqq)), feedback = OutputError(weights, covariance, held, new(scheme, RoundingMethod.ErrorFeedback));
        Console.WriteLine($"output error: HQQ {hqq:G4}, error feedback {feedback:G4}");
        Assert.IsLessThan(0.6 * hqq, feedback);
    }

    [TestMethod]
    [DataRow(nameof(RoundingMethod.Nearest), 0)]
    [DataRow(nameof(RoundingMethod.Hqq), 0)]
    [DataRow(nameof(RoundingMethod.ErrorFeedback), 0)]
    [DataRow(nameof(RoundingMethod.ErrorFeedback), 5)]
    public void Quantize_ReportedErrors_AreThoseOfTheDequantizedMatrix(string rounding, int rank)
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(37, 90, 1), inputs = CorrelatedInputs.Create(80, 90, 2), dequantized = new(37, 90);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        QuantizedMatrix result = MatrixQuantizer.Quantize(weights, covariance, new(new(3, 64), Enum.Parse<RoundingMethod>(rounding), rank), ManagedBackend.Instance, CancellationToken.None);
        result.Dequantize(dequantized, ManagedBackend.Instance);
        double final = DoubleSums.SquaredDistance(weights, dequantized);
        for (int row = 0; row < 37; row++)
            for (int k = 0; k < 90; k++)
                dequantized[row, k] -= weights[row, k];
        double output = CorrelatedInputs.MeanSquaredOutput(dequantized, inputs);
        Assert.AreEqual(final, result.FinalError, 1e-4 * final);
        Assert.AreEqual(output, result.OutputError, 1e-3 * output);
        Assert.AreEqual(DoubleSums.SquaredNorm(weights), result.SquaredNorm);
        Assert.AreEqual(CorrelatedInputs.MeanSquaredOutput(weights, inputs), result.OutputNorm, 1e-3 * result.OutputNorm);
    }

    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(17, 3, 2)]
    [DataRow(3, 130, 1)]
    [DataRow(33, 65, 4)]
    public void Quantize_FewTokensDeadChannelsAndOddShapes_StaysFiniteAndUseful(int rows, int columns, int tokens)
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(rows, columns, 1), inputs = CorrelatedInputs.Create(tokens, columns, 2);
        for (int token = 0; token < tokens; token++)
            for (int k = 0; k < columns; k += 3)
                inputs[token, k] = 0;
        weights.Row(rows / 2).Clear();
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        QuantizedMatrix result = MatrixQuantizer.Quantize(weights, covariance, new(new(3, 64), RoundingMethod.ErrorFeedback), ManagedBackend.Instance, CancellationToken.None);
        Assert.IsTrue(result.Groups.Scales.All(Half.IsFinite));
        Assert.IsTrue(result.Groups.ZeroPoints.All(Half.IsFinite));
        Assert.IsTrue(double.IsFinite(result.OutputError));
        Assert.IsLessThan(0.3 * result.SquaredNorm + 1e-12, result.FinalError);
    }

    [TestMethod]
    public void Quantize_ZeroCovariance_IsAsGoodAsWithoutCalibration()
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(32, 128, 1), inputs = new(10, 128);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        MatrixRecipe recipe = new(new(3, 64), RoundingMethod.ErrorFeedback);
        double calibrated = MatrixQuantizer.Quantize(weights, covariance, recipe, ManagedBackend.Instance, CancellationToken.None).FinalError;
        double free = MatrixQuantizer.Quantize(weights, null, recipe, ManagedBackend.Instance, CancellationToken.None).FinalError;
        Assert.IsLessThan(1.02 * free, calibrated);
    }

    [TestMethod]
    public void Quantize_SomeRowsAlone_GiveTheSameCodes()
    {
        using FloatMatrix weights = RandomMatrix.HeavyTailed(40, 96, 1), inputs = CorrelatedInputs.Create(60, 96, 2), part = new(16, 96);
        for (int row = 0; row < 16; row++)
            weights.Row(16 + row).CopyTo(part.Row(row));
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        MatrixRecipe recipe = new(new(3, 32), RoundingMethod.ErrorFeedback);
        QuantizedGroups whole = MatrixQuantizer.Quantize(weights, covariance, recipe, ManagedBackend.Instance, CancellationToken.None).Groups;
        QuantizedGroups alone = MatrixQuantizer.Quantize(part, covariance, recipe, ManagedBackend.Instance, CancellationToken.None).Groups;
        CollectionAssert.AreEqual(whole.Codes[(16 * 96)..(32 * 96)], alone.Codes);
        CollectionAssert.AreEqual(whole.Scales[(16 * 3)..(32 * 3)], alone.Scales);
    }

    private static double OutputError(FloatMatrix weights, InputCovariance covariance, InputCovariance held, MatrixRecipe recipe)
    {
        using FloatMatrix error = new(weights.Rows, weights.Columns);
        MatrixQuantizer.Quantize(weights, covariance, recipe, ManagedBackend.Instance, CancellationToken.None).Dequantize(error, ManagedBackend.Instance);
        for (int row = 0; row < error.Rows; row++)
            for (int k = 0; k < error.Columns; k++)
                error[row, k] -= weights[row, k];
        return held.OutputNorm(error, ManagedBackend.Instance);
    }
}
