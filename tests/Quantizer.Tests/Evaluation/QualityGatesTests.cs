using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Evaluation.Gates;

namespace MoEQuant.Quantizer.Tests.Evaluation;

[TestClass]
public sealed class QualityGatesTests
{
    /// <summary>Perplexity 10.2 against 10, mean divergence 0.02, routers 99 % and 96 %.</summary>
    private static readonly ComparisonResult s_figures = new(
        new(Math.Log(10.2), 512, 2, 256), new(Math.Log(10), 512, 2, 256), 0.02, 0.3, 0.9, [new(1, 0.99), new(4, 0.96)]);

    [TestMethod]
    [DataRow(0.0201, 0.02, 0.96)]
    [DataRow(null, null, null)]
    public void Require_LimitsReached_Passes(double? perplexity, double? divergence, double? routers)
    {
        QualityGates gates = new(perplexity, divergence, routers);
        gates.Require(s_figures, "m.moeq");
        Assert.AreEqual(perplexity is not null, gates.Any);
    }

    [TestMethod]
    [DataRow(0.019, null, null, "MOEQ3030", "Perplexity is 10.2000, 2.00 % above the checkpoint's 10.0000; at most 1.90 % is allowed.")]
    [DataRow(null, 0.0199, null, "MOEQ3031", "The mean KL divergence from the checkpoint is 0.02; at most 0.0199 is allowed.")]
    [DataRow(null, null, 0.97, "MOEQ3032", "In layer 4 the routers choose 96.00 % of the checkpoint's experts; at least 97.00 % is demanded.")]
    public void Require_LimitMissed_NamesFigureLimitAndRemedy(double? perplexity, double? divergence, double? routers, string code, string found)
    {
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => new QualityGates(perplexity, divergence, routers).Require(s_figures, "m.moeq"));
        Assert.AreEqual((code, found, "m.moeq"), (failure.Code, failure.Found, failure.Path));
        Assert.Contains("TargetBitsPerWeight", failure.Message);
    }

    [TestMethod]
    public void Require_SeveralMissed_TellsAllInOneMessage()
    {
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => new QualityGates(0, 0, 1).Require(s_figures, "m.moeq"));
        Assert.AreEqual("MOEQ3030", failure.Code);
        Assert.Contains("KL divergence", failure.Found);
        Assert.Contains("In layer 4", failure.Found);
    }

    [TestMethod]
    public void Require_FigureIsNoNumber_IsMissed() =>
        Assert.ThrowsExactly<MoEQuantException>(() => new QualityGates(null, 1, null).Require(s_figures with { MeanDivergence = double.NaN }, "m.moeq"));
}
