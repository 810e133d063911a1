using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class OutputCompensatorTests
{
    [TestMethod]
    public void Fit_ErrorUnderCorrelatedInputs_BeatsTheUnweightedTermAndReportsWhatItTakesAway()
    {
        using FloatMatrix inputs = CorrelatedInputs.Create(400, 90, 1), error = RandomMatrix.Normal(50, 90, 2);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        using OutputCompensator compensator = new(50, 90, 6, 1, covariance.Factors(64, ManagedBackend.Instance), ManagedBackend.Instance);
        using LowRankFactors weighted = new(50, 90, 6), plain = new(50, 90, 6);
        using TruncatedSvd svd = new(50, 90, 6, 1);
        double before = compensator.Measure(error), taken = compensator.Fit(error, weighted);
        svd.Approximate(error, plain);
        double after = Remaining(weighted), unweighted = Remaining(plain);
        Assert.IsLessThan(0.7 * unweighted, after);
        Assert.AreEqual(before - taken, after, 1e-3 * before);

        double Remaining(LowRankFactors factors)
        {
            using FloatMatrix rest = new(50, 90);
            rest.CopyFrom(error);
            MatrixProduct.Subtract(factors.Output, factors.Input, rest);
            return compensator.Measure(rest);
        }
    }

    [TestMethod]
    public void Measure_IsTheOutputErrorUnderTheDampedCovariance()
    {
        using FloatMatrix inputs = CorrelatedInputs.Create(100, 70, 1), error = RandomMatrix.Normal(20, 70, 2);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        CovarianceFactor[] factors = covariance.Factors(32, ManagedBackend.Instance);
        using OutputCompensator compensator = new(20, 70, 2, 1, factors, ManagedBackend.Instance);
        double expected = covariance.OutputNorm(error, ManagedBackend.Instance) * factors[0].InverseMean + factors[0].Damping * DoubleSums.SquaredNorm(error);
        Assert.AreEqual(expected, compensator.Measure(error), 1e-3 * expected);
    }

    [TestMethod]
    [DataRow(8, 0.8)]
    [DataRow(3, 1.0)]
    public void Quantize_ErrorFeedbackWithRank_HasLessOutputErrorThanWithout(int bits, double share)
    {
        using FloatMatrix weights = SampleMatrix.Load("model.layers.1.self_attn.q_proj.weight"), inputs = CorrelatedInputs.Create(600, weights.Columns, 3);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        MatrixRecipe recipe = new(new(3, 64), RoundingMethod.ErrorFeedback, 0, bits);
        double without = MatrixQuantizer.Quantize(weights, covariance, recipe, ManagedBackend.Instance, CancellationToken.None).OutputError;
        double with = MatrixQuantizer.Quantize(weights, covariance, recipe with { Rank = 16 }, ManagedBackend.Instance, CancellationToken.None).OutputError;
        Console.WriteLine($"output error without compensator {without:G4}, rank 16 in {bits} bits {with:G4}");
        Assert.IsLessThan(share * without, with);
    }
}
