using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

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
    public void EstimateError_CandidateRecipes_AreRankedAsTheirErrorsAre(string name, bool calibrated)
    {
        using FloatMatrix weights = SampleMatrix.Load(name), inputs = CorrelatedInputs.Create(300, weights.Columns, 3);
        using InputCovariance? covariance = calibrated ? InputCovariance.From(inputs, [], []) : null;
        MatrixRecipe[] recipes = calibrated ? Calibrated : Free;
        double[] estimates = [.. recipes.Select(recipe => MatrixQuantizer.EstimateError(weights, covariance, recipe, ManagedBackend.Instance))];
        double[] errors = [.. recipes.Select(recipe => Error(weights, covariance, recipe))];
        for (int i = 0; i < recipes.Length; i++)
            Console.WriteLine($"{recipes[i].Groups} rank {recipes[i].Rank}: estimated {estimates[i]:G4}, found {errors[i]:G4}");
        Assert.IsGreaterThan(0.9, RankCorrelation(estimates, errors));
        for (int i = 0; i < recipes.Length; i++)
            Assert.AreEqual(errors[i], estimates[i], 0.5 * errors[i]);
    }

    [TestMethod]
    public void EstimateError_MoreBits_IsAlwaysLess()
    {
        using FloatMatrix weights = SampleMatrix.Load("model.layers.0.mlp.experts.3.down_proj.weight"), inputs = CorrelatedInputs.Create(300, weights.Columns, 3);
        using InputCovariance covariance = InputCovariance.From(inputs, [], []);
        foreach (MatrixRecipe recipe in Calibrated.Where(recipe => recipe.Groups.Bits == 3))
            Assert.IsLessThan(0.5 * MatrixQuantizer.EstimateError(weights, covariance, recipe, ManagedBackend.Instance),
                MatrixQuantizer.EstimateError(weights, covariance, recipe with { Groups = recipe.Groups with { Bits = 4 } }, ManagedBackend.Instance));
    }

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
