using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Pipeline.Planning.Budget;

[TestClass]
public sealed class BudgetAllocatorTests
{
    [TestMethod]
    public void Hull_CandidatesAboveTheLine_AreLeftOut()
    {
        IReadOnlyList<RecipeCandidate> hull = LowerHull.Of(Choices((10, 10), (30, 6), (20, 9), (40, 1), (50, 2), (60, 0.5), (10, 12)).Candidates);
        CollectionAssert.AreEqual(new long[] { 10, 40, 60 }, hull.Select(candidate => candidate.Bytes).ToArray());
        CollectionAssert.AreEqual(new[] { 10, 1, 0.5 }, hull.Select(candidate => candidate.Loss).ToArray());
    }

    [TestMethod]
    public void Allocate_BudgetsOnTheHull_LossIsTheLeastPossible()
    {
        Random random = new(5);
        MatrixChoices[] choices = [.. Enumerable.Range(0, 5).Select(_ => Choices([.. Enumerable.Range(0, 4).Select(_ => ((long)random.Next(10, 60), random.NextDouble()))]))];
        for (long budget = BudgetAllocator.LeastBytes(choices); budget <= BudgetAllocator.MostBytes(choices); budget++)
        {
            RecipeCandidate[] chosen = BudgetAllocator.Allocate(choices, budget);
            long spent = chosen.Sum(candidate => candidate.Bytes);
            Assert.IsLessThanOrEqualTo(budget, spent);
            // What greedy steps along hulls reach is optimal for exactly the bytes that they spend before the first step that does not fit.
            if (spent == budget && IsPrefix(choices, chosen))
                Assert.AreEqual(Best(choices, 0, budget), chosen.Sum(candidate => candidate.Loss), 1e-12);
        }
    }

    [TestMethod]
    public void Allocate_StepTooLarge_SmallerStepsOfOthersFillTheRest()
    {
        RecipeCandidate[] chosen = BudgetAllocator.Allocate([Choices((10, 100), (100, 0)), Choices((10, 5), (20, 4))], 40);
        Assert.AreEqual(30, chosen.Sum(candidate => candidate.Bytes));
    }

    [TestMethod]
    public void Allocate_EqualMatrices_EarlierOneIsFirst()
    {
        RecipeCandidate[] chosen = BudgetAllocator.Allocate([Choices((10, 2), (20, 1)), Choices((10, 2), (20, 1))], 30);
        CollectionAssert.AreEqual(new long[] { 20, 10 }, chosen.Select(candidate => candidate.Bytes).ToArray());
    }

    private static bool IsPrefix(MatrixChoices[] choices, RecipeCandidate[] chosen)
    {
        double lowestTaken = double.PositiveInfinity, highestLeft = 0;
        for (int i = 0; i < choices.Length; i++)
        {
            IReadOnlyList<RecipeCandidate> hull = LowerHull.Of(choices[i].Candidates);
            int place = hull.ToList().IndexOf(chosen[i]);
            if (place > 0)
                lowestTaken = Math.Min(lowestTaken, LowerHull.Gain(hull[place - 1], hull[place]));
            if (place + 1 < hull.Count)
                highestLeft = Math.Max(highestLeft, LowerHull.Gain(hull[place], hull[place + 1]));
        }

        return lowestTaken >= highestLeft;
    }

    private static double Best(MatrixChoices[] choices, int matrix, long budget) => matrix == choices.Length
        ? 0
        : choices[matrix].Candidates.Where(candidate => candidate.Bytes <= budget).Select(candidate => candidate.Loss + Best(choices, matrix + 1, budget - candidate.Bytes)).DefaultIfEmpty(double.PositiveInfinity).Min();

    private static MatrixChoices Choices(params (long Bytes, double Loss)[] candidates) => new(
        new PlannedTensor("m", 16, 32, TensorRole.DenseLinear), [.. candidates.Select(candidate => new RecipeCandidate(new(new(3, 64), RoundingMethod.Hqq), candidate.Bytes, candidate.Loss))]);
}
