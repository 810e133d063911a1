using System.Text;
using MoEQuant.Quantizer.Pipeline.Parts;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Pipeline.Parts;

[TestClass]
public sealed class PartDistributionTests
{
    private static readonly TensorPlan Plan = PlanOf(vocabulary: 800);

    [TestMethod]
    public void UnitsOf_EveryNumberOfParts_CoversEveryUnitOnceAndLeavesNoPartEmpty()
    {
        for (int count = 1; count <= 18; count++)
        {
            IReadOnlyList<ModelUnit>[] parts = [.. Enumerable.Range(1, count).Select(number => PartDistribution.UnitsOf(Plan, new(number, count)))];
            CollectionAssert.AreEqual(Enumerable.Range(0, 18).ToArray(), parts.SelectMany(part => part).Select(unit => unit.Index).Order().ToArray());
            Assert.IsTrue(parts.All(part => part.Count > 0), $"{count} parts");
            Assert.IsTrue(parts.All(part => part.Select(unit => unit.Index).SequenceEqual(part.Select(unit => unit.Index).Order())), $"{count} parts");
        }
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(8)]
    public void UnitsOf_EqualLayers_DifferByALayerAtMost(int count)
    {
        long layer = ModelUnit.All(Plan)[1].Effort;
        long[] efforts = [.. Enumerable.Range(1, count).Select(number => PartDistribution.UnitsOf(Plan, new(number, count)).Sum(unit => unit.Effort))];
        Assert.IsLessThanOrEqualTo(layer, efforts.Max() - efforts.Min());
        // Four parts of sixteen layers: four each, whatever embedding and tail cost.
        if (16 % count == 0)
            Assert.IsLessThan(layer * (16 / count + 1), efforts.Max());
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(5)]
    public void UnitsOf_EmbeddingAndHeadThatTakeLong_GetFewerLayersBesides(int count)
    {
        TensorPlan plan = PlanOf(vocabulary: 30_000);
        Assert.IsGreaterThan(2 * ModelUnit.All(plan)[1].Effort, ModelUnit.All(plan)[0].Effort);
        long[] efforts = [.. Enumerable.Range(1, count).Select(number => PartDistribution.UnitsOf(plan, new(number, count)).Sum(unit => unit.Effort))];
        Assert.IsLessThanOrEqualTo(ModelUnit.All(plan)[1].Effort, efforts.Max() - efforts.Min());
    }

    private static TensorPlan PlanOf(int vocabulary) => TensorPlan.For(ModelConfig.Parse(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(SmallCheckpoint.Config)
        .Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 16", StringComparison.Ordinal).Replace("\"vocab_size\": 4096", $"\"vocab_size\": {vocabulary}", StringComparison.Ordinal))));
}
