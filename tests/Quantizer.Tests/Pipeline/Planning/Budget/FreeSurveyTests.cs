using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Quantizer.Tests.Pipeline.Parts;

namespace MoEQuant.Quantizer.Tests.Pipeline.Planning.Budget;

[TestClass]
public sealed class FreeSurveyTests
{
    [TestMethod]
    public void Run_OwnLayers_AreMeasuredFirstAndTheResultIsInFileOrder()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { RankPolicy = RankPolicy.Budget };
        run.Use(source =>
        {
            Kept kept = new();
            IReadOnlyList<MatrixChoices> plain = Survey(null, []), own = Survey(kept, [1]), again = Survey(kept, [0]);
            CollectionAssert.AreEqual(new[] { 1, 0 }, kept.Written.ToArray(), "Each once.");
            foreach (IReadOnlyList<MatrixChoices> other in (IReadOnlyList<MatrixChoices>[])[own, again])
            {
                CollectionAssert.AreEqual(plain.Select(choices => choices.Tensor).ToArray(), other.Select(choices => choices.Tensor).ToArray());
                CollectionAssert.AreEqual(plain.SelectMany(choices => choices.Candidates).ToArray(), other.SelectMany(choices => choices.Candidates).ToArray());
            }

            return 0;

            IReadOnlyList<MatrixChoices> Survey(ISurveyStore? store, int[] layers) =>
                new FreeSurvey(source, options, ManagedBackend.Instance) { Store = store, OwnLayers = layers }.Run(RoundingMethod.Nearest, CancellationToken.None);
        });
    }

    private sealed class Kept : ISurveyStore
    {
        private readonly Dictionary<int, IReadOnlyList<StoredChoices>> _layers = [];

        public List<int> Written { get; } = [];

        public IReadOnlyList<StoredChoices>? TryReadSurvey(int layer) => _layers.GetValueOrDefault(layer);

        public void WriteSurvey(int layer, IReadOnlyList<StoredChoices> choices)
        {
            _layers.Add(layer, choices);
            Written.Add(layer);
        }
    }
}
