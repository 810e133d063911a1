using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Tests.Pipeline.Planning.Budget;

[TestClass]
public sealed class RecipeErrorsTests
{
    [TestMethod]
    public void Estimate_PlainRounding_IsCloseToTheMeasuredError()
    {
        using FloatMatrix weights = RandomMatrix.Normal(96, 192, seed: 3);
        float[] ones = [.. Enumerable.Repeat(1f, 192)];
        MatrixRecipe[] recipes = [.. from bits in new[] { 3, 4, 8 } from size in new[] { 32, 64, 128 } from symmetric in new[] { false, true } select new MatrixRecipe(new(bits, size, symmetric), RoundingMethod.Nearest)];
        double[] estimated = RecipeErrors.Estimate(weights, ones, recipes, ManagedBackend.Instance);
        for (int i = 0; i < recipes.Length; i++)
        {
            double measured = MatrixQuantizer.Quantize(weights, null, recipes[i], ManagedBackend.Instance, CancellationToken.None).FinalError;
            Assert.AreEqual(1, estimated[i] / measured, 0.3, $"{recipes[i]}: estimated {estimated[i]}, measured {measured}");
        }
    }

    [TestMethod]
    public void Estimate_Compensators_FollowTheMeasuredErrors()
    {
        using FloatMatrix weights = RandomMatrix.Normal(96, 192, seed: 4);
        // Three strong directions on top of noise: the first ranks pay, the others hardly.
        for (int row = 0; row < 96; row++)
            for (int column = 0; column < 192; column++)
                weights[row, column] += 4 * MathF.Sin(row * 0.7f) * MathF.Cos(column * 0.3f) + 3 * MathF.Sin(row * 1.9f) * MathF.Sin(column * 1.1f);
        MatrixRecipe[] recipes = [.. new[] { 0, 4, 16 }.Select(rank => new MatrixRecipe(new(3, 64), RoundingMethod.Hqq, rank))];
        double[] estimated = RecipeErrors.Estimate(weights, [.. Enumerable.Repeat(1f, 192)], recipes, ManagedBackend.Instance);
        double[] measured = [.. recipes.Select(recipe => MatrixQuantizer.Quantize(weights, null, recipe, ManagedBackend.Instance, CancellationToken.None).FinalError)];
        // The loop of MiLo also adapts the codes to the compensator, which the estimate leaves out: it errs on the side of codes.
        for (int i = 0; i < 3; i++)
            Assert.AreEqual(1, estimated[i] / measured[i], 0.9, $"rank {recipes[i].Rank}: estimated {estimated[i]}, measured {measured[i]}");
    }

    [TestMethod]
    public void Estimate_ColumnWeights_CountTheirColumns()
    {
        using FloatMatrix weights = RandomMatrix.Normal(16, 128, seed: 6);
        MatrixRecipe[] recipe = [new(new(3, 64), RoundingMethod.Nearest)];
        float[] left = new float[128], right = new float[128], both = new float[128];
        for (int i = 0; i < 128; i++)
            (left[i], right[i], both[i]) = (i < 64 ? 2 : 0, i < 64 ? 0 : 5, i < 64 ? 2 : 5);
        double Error(float[] d) => RecipeErrors.Estimate(weights, d, recipe, ManagedBackend.Instance)[0];
        Assert.AreEqual(Error(both), Error(left) + Error(right), 1e-9 * Error(both));
        Assert.IsGreaterThan(Error(left), Error(right));
    }

    [TestMethod]
    public void WhiteShare_RanksUpToFull_RisesToOne()
    {
        double before = 0;
        for (int rank = 0; rank <= 40; rank++)
        {
            double share = RecipeErrors.WhiteShare(40, 90, rank);
            Assert.IsGreaterThanOrEqualTo(before, share);
            before = share;
        }

        Assert.AreEqual(0, RecipeErrors.WhiteShare(40, 90, 0));
        Assert.AreEqual(1, before, 1e-12);
    }
}
