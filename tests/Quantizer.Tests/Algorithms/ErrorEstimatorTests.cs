using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms;

[TestClass]
public sealed class ErrorEstimatorTests
{
    private static readonly MatrixRecipe[] Calibrated = Recipes(RoundingMethod.ErrorFeedback);
    private static readonly MatrixRecipe[] Free = Recipes(RoundingMethod.Hqq);

    [TestMethod]
    [DataRow("model.layers.1.self_attn.q_proj.weight", true)]
    [DataRow("model.layers.2.mlp.experts.7.up_proj.weight", true)]
    [DataRow("model.layers.2.mlp.experts.7.up_proj.weight", false)]
    public void Estimate_CandidateRecipes_AreRankedAsTheirErrorsAre(string name, bool calibrated)
    {
        using FloatMatrix weights = SampleMatrix.Load(name), inputs = CorrelatedInputs.Create(300, weights.Columns, 3);
        using InputCovariance? covariance = calibrated ? InputCovariance.From(inputs, [], [], ManagedBackend.Instance) : null;
        MatrixRecipe[] recipes = calibrated ? Calibrated : Free;
        double[] estimates = Estimate(weights, covariance, recipes);
        double[] errors = [.. recipes.Select(recipe => Error(weights, covariance, recipe))];
        for (int i = 0; i < recipes.Length; i++)
            Console.WriteLine($"{recipes[i].Groups} rank {recipes[i].Rank}: estimated {estimates[i]:G4}, found {errors[i]:G4}");
        Assert.IsGreaterThan(0.9, RankCorrelation(estimates, errors));
        for (int i = 0; i < recipes.Length; i++)
            Assert.AreEqual(errors[i], estimates[i], 0.3 * errors[i]);
    }

    [TestMethod]
    public void Estimate_MoreBits_IsAlwaysLess()
    {
        using FloatMatrix weights = SampleMatrix.Load("model.layers.0.mlp.experts.3.down_proj.weight"), inputs = CorrelatedInputs.Create(300, weights.Columns, 3);
        using InputCovariance covariance = InputCovariance.From(inputs, [], [], ManagedBackend.Instance);
        MatrixRecipe[] three = [.. Calibrated.Where(recipe => recipe.Groups.Bits == 3)], four = [.. three.Select(recipe => recipe with { Groups = recipe.Groups with { Bits = 4 } })];
        foreach ((double coarse, double fine) in Estimate(weights, covariance, three).Zip(Estimate(weights, covariance, four)))
            Assert.IsLessThan(0.5 * coarse, fine);
    }

    [TestMethod]
    public void Estimate_Measure_IsAppliedToTheErrors()
    {
        using FloatMatrix weights = RandomMatrix.Normal(16, 128, seed: 6);
        double Half(int from) => new ErrorEstimator(weights, null, differences => Enumerable.Range(0, 16).Sum(row => differences.Row(row)[from..(from + 64)].ToArray().Sum(value => (double)value * value)), ManagedBackend.Instance)
            .Estimate([new(new(3, 64), RoundingMethod.Nearest)])[0];
        double both = MatrixQuantizer.Quantize(weights, null, new(new(3, 64), RoundingMethod.Nearest), ManagedBackend.Instance, CancellationToken.None).FinalError;
        Assert.AreEqual(both, Half(0) + Half(64), 1e-6 * both);
    }

    [TestMethod]
    public void WhiteShare_RanksUpToFull_RisesToOne()
    {
        double before = 0;
        for (int rank = 0; rank <= 40; rank++)
        {
            double share = ErrorEstimator.WhiteShare(40, 90, rank);
            Assert.IsGreaterThanOrEqualTo(before, share);
            before = share;
        }

        Assert.AreEqual(0, ErrorEstimator.WhiteShare(40, 90, 0));
        Assert.AreEqual(1, before, 1e-12);
    }

    private static double[] Estimate(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe[] recipes) =>
        new ErrorEstimator(weights, covariance, errors => covariance?.OutputNorm(errors, ManagedBackend.Instance) ?? DoubleSums.SquaredNorm(errors), ManagedBackend.Instance).Estimate(recipes);

    private static MatrixRecipe[] Recipes(RoundingMethod rounding) =>
    [
        new(new(3, 64), rounding), new(new(3, 128), rounding), new(new(3, 128, true), rounding), new(new(3, 64), rounding, 8), new(new(3, 64), rounding, 32),
        new(new(4, 64), rounding), new(new(4, 128, true), rounding), new(new(4, 64), rounding, 16),
    ];

    private static double Error(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe recipe)
    {
        QuantizedMatrix result = MatrixQuantizer.Quantize(weights, covariance, recipe, ManagedBackend.Instance, CancellationToken.None);
        return covariance is null ? result.FinalError : result.OutputError;
    }

    /// <summary>Spearman's: 1 − 6 Σ d² / (n (n² − 1)) with d the differences of ranks.</summary>
    private static double RankCorrelation(double[] x, double[] y)
    {
        double sum = x.Select((_, i) => Math.Pow(x.Count(value => value < x[i]) - y.Count(value => value < y[i]), 2)).Sum();
        return 1 - 6 * sum / (x.Length * ((double)x.Length * x.Length - 1));
    }
}
