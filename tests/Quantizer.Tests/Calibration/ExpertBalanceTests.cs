using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Tests.Calibration;

[TestClass]
public sealed class ExpertBalanceTests
{
    private const int Length = 8;
    private const int Experts = 4;

    // Four primary and four reserve sequences of eight tokens; one expert per token: 32 primary tokens, 8 per expert on average.
    private static readonly CalibrationData Data = new(new TokenSequences([.. Enumerable.Range(0, 8).Select(_ => new int[Length])]), 4);

    [TestMethod]
    public void Choose_EvenRouting_TakesPrimaryTokensAlone()
    {
        using CapturedRouting routing = Route((_, token) => token % Experts);
        foreach (ExpertTokens expert in ExpertBalance.Choose(routing, Data, new() { BalanceRatio = 1 }, false))
        {
            Assert.AreEqual((8L, 8L, ExpertFallback.None), (expert.Statistics.RoutedTokens, expert.Statistics.UsedTokens, expert.Statistics.Fallback));
            CollectionAssert.AreEqual(Enumerable.Range(0, 32).Where(token => token % Experts == expert.Statistics.Expert).ToArray(), expert.Tokens);
        }
    }

    [TestMethod]
    public void Choose_StarvedExpert_DrawsTheReserveSequencesThatReachIt()
    {
        // Expert 3 gets two primary tokens, and tokens of the reserve sequences 5 (all) and 6 (half): 5 alone is enough.
        using CapturedRouting routing = Route((sequence, token) => sequence switch
        {
            0 => token < 2 ? 3 : token % 3,
            5 => 3,
            6 => token < 4 ? 3 : 0,
            _ => token % 3,
        });
        ExpertTokens expert = ExpertBalance.Choose(routing, Data, new() { BalanceRatio = 1 }, false)[3];
        Assert.AreEqual((2L, 10L, ExpertFallback.Balanced), (expert.Statistics.RoutedTokens, expert.Statistics.UsedTokens, expert.Statistics.Fallback));
        CollectionAssert.AreEqual((int[])[0, 1, 40, 41, 42, 43, 44, 45, 46, 47], expert.Tokens);
    }

    [TestMethod]
    public void Choose_ReserveDoesNotSuffice_AddsTheMostProbableOtherTokens()
    {
        using CapturedRouting routing = Route((sequence, token) => sequence == 0 && token == 0 ? 3 : token % 3);
        for (int token = 20; token < 30; token++)
            routing.Probabilities[token, 3] = 0.2f;
        ExpertTokens expert = ExpertBalance.Choose(routing, Data, new() { BalanceRatio = 1 }, false)[3];
        Assert.AreEqual((1L, 8L, ExpertFallback.NearMiss), (expert.Statistics.RoutedTokens, expert.Statistics.UsedTokens, expert.Statistics.Fallback));
        CollectionAssert.AreEqual((int[])[0, 20, 21, 22, 23, 24, 25, 26], expert.Tokens);
        Assert.AreEqual(0.2 * 0.2, expert.Weights[1], 1e-6);
        Assert.AreEqual(0.7 * 0.7, expert.Weights[0], 1e-6);
    }

    [TestMethod]
    public void Choose_NormalisedWeights_GivesANearMissTheWeightItWouldHaveHad()
    {
        using CapturedRouting routing = Route((sequence, token) => sequence == 0 && token == 0 ? 3 : token % 3);
        routing.Probabilities[20, 3] = 0.3f;
        ExpertTokens expert = ExpertBalance.Choose(routing, Data, new() { BalanceRatio = 1, RouterWeightPower = 1 }, true)[3];
        Assert.AreEqual(0.3 / (0.7 + 0.3), expert.Weights[Array.IndexOf(expert.Tokens, 20)], 1e-6);
    }

    [TestMethod]
    public void Choose_ExpertWithoutTokens_GetsTheWholeStreamWithEqualWeights()
    {
        using CapturedRouting routing = Route((_, token) => token % 3);
        ExpertTokens expert = ExpertBalance.Choose(routing, Data, new(), false)[3];
        Assert.AreEqual((0L, 64L, ExpertFallback.WholeStream), (expert.Statistics.RoutedTokens, expert.Statistics.UsedTokens, expert.Statistics.Fallback));
        Assert.IsEmpty(expert.Tokens);
        Assert.IsEmpty(expert.Weights);
    }

    [TestMethod]
    public void Choose_WeightsThatUnderflow_CountAlike()
    {
        using CapturedRouting routing = Route((sequence, token) => sequence == 0 && token == 0 ? 3 : token % 3);
        routing.Weights(0)[0] = 0;
        routing.Probabilities[0, 3] = 0;
        ExpertTokens expert = ExpertBalance.Choose(routing, Data, new() { BalanceRatio = 0 }, false)[3];
        CollectionAssert.AreEqual((int[])[0], expert.Tokens);
        Assert.IsEmpty(expert.Weights);
    }

    [TestMethod]
    public void Describe_BelowMinimum_NamesTheExpertsWithTheFewestFirst()
    {
        ExpertStatistics[] experts = [new(0, 7, 9, ExpertFallback.Balanced), new(1, 100, 100, ExpertFallback.None), new(2, 0, 64, ExpertFallback.WholeStream)];
        Assert.AreEqual("In layer 5 expert 2 sees 0, expert 0 sees 7 of the calibration tokens; expected at least 8 each.", StarvedExperts.Describe(5, experts, new() { MinExpertTokens = 8 }));
        Assert.IsNull(StarvedExperts.Describe(5, experts, new()));
    }

    private static CapturedRouting Route(Func<int, int, int> expertOf)
    {
        CapturedRouting routing = new(Data.Sequences.TokenCount, Experts, 1);
        for (int token = 0; token < routing.TokenCount; token++)
        {
            int expert = expertOf(token / Length, token % Length);
            routing.Experts(token)[0] = expert;
            routing.Weights(token)[0] = 0.7f;
            for (int other = 0; other < Experts; other++)
                routing.Probabilities[token, other] = other == expert ? 0.7f : 0.1f;
        }

        return routing;
    }
}
