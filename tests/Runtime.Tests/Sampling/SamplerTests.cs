using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Sampling;

namespace MoEQuant.Runtime.Tests.Sampling;

[TestClass]
public sealed class SamplerTests
{
    // Probabilities 0.5, 0.25, 0.125, 0.0625, 0.0625 in a shuffled order.
    private static readonly float[] Logits = [Log(0.125), Log(0.5), Log(0.0625), Log(0.25), Log(0.0625)];

    [TestMethod]
    public void Sample_TemperatureZero_IsTheMostProbable() => Assert.AreEqual(1, Sampler(new GenerationOptions()).Sample(Logits));

    [TestMethod]
    public void Sample_TemperatureOne_FollowsTheProbabilities()
    {
        double[] shares = Shares(new GenerationOptions { Temperature = 1, Seed = 7 });
        double[] expected = [0.125, 0.5, 0.0625, 0.25, 0.0625];
        for (int token = 0; token < shares.Length; token++)
            Assert.AreEqual(expected[token], shares[token], 0.01, $"token {token}");
    }

    [TestMethod]
    public void Sample_HalfTemperature_SquaresTheProbabilities()
    {
        double[] shares = Shares(new GenerationOptions { Temperature = 0.5f, Seed = 7 });
        Assert.AreEqual(4, shares[1] / shares[3], 0.25);
    }

    [TestMethod]
    public void Sample_TopK_DrawsOnlyAmongTheBest()
    {
        double[] shares = Shares(new GenerationOptions { Temperature = 1, TopK = 2, Seed = 1 });
        Assert.AreEqual(2.0 / 3, shares[1], 0.01);
        Assert.AreEqual(1.0 / 3, shares[3], 0.01);
        Assert.AreEqual(0, shares[0] + shares[2] + shares[4]);
    }

    [TestMethod]
    [DataRow(0.5f, 1)]
    [DataRow(0.51f, 2)]
    [DataRow(0.75f, 2)]
    [DataRow(0.8f, 3)]
    public void Sample_TopP_KeepsTheFewestThatReachTheSum(float topP, int kept) =>
        Assert.AreEqual(kept, Shares(new GenerationOptions { Temperature = 1, TopP = topP, Seed = 3 }).Count(share => share > 0));

    [TestMethod]
    [DataRow(0.6f, 1)]
    [DataRow(0.49f, 2)]
    [DataRow(0.2f, 3)]
    [DataRow(0.1f, 5)]
    public void Sample_MinP_DropsTheImprobable(float minP, int kept) =>
        Assert.AreEqual(kept, Shares(new GenerationOptions { Temperature = 1, MinP = minP, Seed = 3 }).Count(share => share > 0));

    [TestMethod]
    public void Sample_RepetitionPenalty_WeakensTokensThatOccurred()
    {
        var sampler = Sampler(new GenerationOptions { RepetitionPenalty = 2 });
        sampler.Observe([0]);
        Assert.AreEqual(2, sampler.Sample([5, -1, 3, 2, 1]), "5 / 2 is below 3");
        Assert.AreEqual(0, sampler.Sample([5, -1, 3, 2, 1]), "3 / 2 is below 5 / 2 now that token 2 occurred");
        var negative = Sampler(new GenerationOptions { RepetitionPenalty = 2 });
        negative.Observe([0]);
        Assert.AreEqual(1, negative.Sample([-1, -1.5f, -9, -9, -9]), "-1 · 2 is below -1.5");
    }

    [TestMethod]
    public void Sample_SameSeed_GivesTheSameTokens()
    {
        var options = new GenerationOptions { Temperature = 1, TopP = 0.95f, Seed = 42 };
        Sampler first = Sampler(options), second = Sampler(options), other = Sampler(options with { Seed = 43 });
        int[] a = [.. Enumerable.Range(0, 200).Select(_ => first.Sample(Logits))];
        CollectionAssert.AreEqual(a, Enumerable.Range(0, 200).Select(_ => second.Sample(Logits)).ToArray());
        CollectionAssert.AreNotEqual(a, Enumerable.Range(0, 200).Select(_ => other.Sample(Logits)).ToArray());
    }

    [TestMethod]
    public void SplitMix64_SeedZero_MatchesThePublishedSequence()
    {
        // First output for seed 0 of the authors' C code: 0xE220A8397B1DCDAF.
        Assert.AreEqual((0xE220A8397B1DCDAFUL >> 11) * (1.0 / (1UL << 53)), new SplitMix64(0).NextDouble());
    }

    [TestMethod]
    public void Check_OptionOutOfRange_ThrowsItsCode()
    {
        GenerationOptions[] bad =
        [
            new() { MaxTokens = 0 }, new() { Temperature = -1 }, new() { Temperature = float.NaN }, new() { TopK = -1 }, new() { TopP = 0 },
            new() { TopP = 1.1f }, new() { MinP = -0.1f }, new() { MinP = 2 }, new() { RepetitionPenalty = 0 }, new() { RepetitionPenalty = float.PositiveInfinity },
        ];
        foreach (GenerationOptions options in bad)
            Assert.AreEqual("MOEQ5038", Assert.ThrowsExactly<MoEQuantException>(options.Check, options.ToString()).Code);
    }

    private static Sampler Sampler(GenerationOptions options) => new(options, 5);

    private static double[] Shares(GenerationOptions options)
    {
        const int Draws = 40_000;
        Sampler sampler = Sampler(options);
        var counts = new int[5];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Sample(Logits)]++;
        return [.. counts.Select(count => (double)count / Draws)];
    }

    private static float Log(double p) => (float)Math.Log(p);
}
