using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Tests.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Quantizer.Tests.Evaluation;

/// <summary>Two models over the same windows, against a plain computation that keeps everything.</summary>
[TestClass]
public sealed class ModelComparerTests
{
    private static readonly TemporaryFolder s_folder = new();
    private static string s_packed = "";

    /// <summary>100 tokens per window: longer than what is compared at a time.</summary>
    private static readonly WindowPlan s_plan = new([5], [.. Enumerable.Range(0, 201).Select(i => (i * 37 + i * i) % 4000)], 100, 2);

    [ClassInitialize]
    public static void Quantize(TestContext context)
    {
        SmallCheckpoint.Write(s_folder.Path, deviation: 0.3);
        s_packed = s_folder.File("small.moeq");
        Assert.AreEqual(0, CommandRun.Execute("quantize", s_folder.Path, "--output", s_packed, "--dense-rank", "0", "--sparse-rank", "0").ExitCode);
    }

    [ClassCleanup]
    public static void Delete() => s_folder.Dispose();

    [TestMethod]
    public void Run_SameModelTwice_IsWithoutAnyDistance()
    {
        using MoEModel model = Open(s_packed), reference = Open(s_packed);
        ComparisonResult result = ModelComparer.Run(model, reference, [s_plan], null, CancellationToken.None);
        Assert.AreEqual((0, 0, 1), (result.MeanDivergence, result.P99Divergence, result.Top1Agreement));
        Assert.AreEqual((1, 1), (result.MeanRouterAgreement, result.MinRouterAgreement));
        Assert.AreEqual((0, result.Reference), (result.PerplexityIncrease, result.Model));
        CollectionAssert.AreEqual(new[] { 0, 1 }, result.Routers.Select(layer => layer.Layer).ToArray());
    }

    [TestMethod]
    public void Run_PackedAgainstCheckpoint_EqualsThePlainComputation()
    {
        using MoEModel model = Open(s_packed), reference = Open(s_folder.Path);
        ComparisonResult result = ModelComparer.Run(model, reference, [s_plan], null, CancellationToken.None);
        (List<double> divergences, int same, double[] routers) = Expected(model, reference);

        Assert.AreEqual((200, 200, 2, 100), (result.Model.Tokens, result.Reference.Tokens, result.Model.Windows, result.Model.Context));
        Assert.AreEqual(divergences.Average(), result.MeanDivergence, 1e-9);
        Assert.IsGreaterThan(1e-4, result.MeanDivergence, "Three bits do not go unnoticed.");
        divergences.Sort();
        Assert.AreEqual(divergences[197] + 0.01 * (divergences[198] - divergences[197]), result.P99Divergence, 1e-9);
        Assert.AreEqual(same / 200.0, result.Top1Agreement, 1e-12);
        CollectionAssert.AreEqual(routers, result.Routers.Select(layer => layer.Agreement).ToArray());
        Assert.AreEqual((routers.Average(), routers.Min()), (result.MeanRouterAgreement, result.MinRouterAgreement));
        Assert.IsLessThan(1, routers.Min());
        Assert.AreEqual(PerplexityEvaluator.Run(model, s_plan, null, CancellationToken.None).Perplexity, result.Model.Perplexity, 1e-3);
        Assert.AreEqual(PerplexityEvaluator.Run(reference, s_plan, null, CancellationToken.None).Perplexity, result.Reference.Perplexity, 1e-3);
        Assert.AreEqual(result.Model.Perplexity / result.Reference.Perplexity - 1, result.PerplexityIncrease, 1e-12);
    }

    [TestMethod]
    public void Run_TwoTexts_WeighsEveryTokenAlike()
    {
        using MoEModel model = Open(s_packed), reference = Open(s_folder.Path);
        ComparisonResult Of(params WindowPlan[] plans) => ModelComparer.Run(model, reference, plans, null, CancellationToken.None);
        WindowPlan first = s_plan with { WindowCount = 1 }, second = s_plan with { Tokens = s_plan.Tokens[100..], WindowCount = 1 };
        ComparisonResult one = Of(first), two = Of(second), both = Of(first, second);
        Assert.AreEqual((one.MeanDivergence + two.MeanDivergence) / 2, both.MeanDivergence, 1e-12);
        Assert.AreEqual((2, 200), (both.Model.Windows, both.Model.Tokens));
    }

    private static MoEModel Open(string path) => ModelLoader.Load(path, new() { ThreadCount = 1 });

    private static (List<double> Divergences, int Same, double[] Routers) Expected(MoEModel model, MoEModel reference)
    {
        List<double> divergences = [];
        int same = 0;
        int[] shared = new int[2];
        for (int window = 0; window < 2; window++)
        {
            (List<double[]> q, AllRoutes modelRoutes) = Forward(model, window);
            (List<double[]> p, AllRoutes referenceRoutes) = Forward(reference, window);
            // Position 0 is the prefix.
            for (int at = 1; at <= 100; at++)
            {
                divergences.Add(p[at].Zip(q[at], (a, b) => a * Math.Log(a / b)).Sum());
                same += p[at].IndexOf(p[at].Max()) == q[at].IndexOf(q[at].Max()) ? 1 : 0;
                for (int layer = 0; layer < 2; layer++)
                    shared[layer] += referenceRoutes.Of[(layer, at)].Intersect(modelRoutes.Of[(layer, at)]).Count();
            }
        }

        return (divergences, same, [.. shared.Select(count => count / 400.0)]);
    }

    private static (List<double[]> Probabilities, AllRoutes Routes) Forward(MoEModel model, int window)
    {
        using InferenceSession session = model.CreateSession();
        AllRoutes routes = new();
        session.Observer = routes;
        List<double[]> rows = [];
        session.ProcessAll(s_plan.Input(window), (_, logits) =>
        {
            double[] exponentials = [.. logits.ToArray().Select(logit => Math.Exp(logit))];
            double sum = exponentials.Sum();
            rows.Add([.. exponentials.Select(value => value / sum)]);
        });
        return (rows, routes);
    }

    private sealed class AllRoutes : ForwardObserver
    {
        public Dictionary<(int, int), int[]> Of { get; } = [];

        public override void OnRouted(int layer, int position, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights) => Of[(layer, position)] = experts.ToArray();
    }
}
