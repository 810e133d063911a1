using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Grouped products of experts in one launch against their definition in double precision.</summary>
public abstract class ExpertProductSuite : KernelSuite
{
    private const int Rows = 35, Columns = 70;

    /// <summary>Slots per expert: with none at the ends and between, with more than a work item takes, and with everything at one expert.</summary>
    private static readonly int[][] Loads = [[0, 1, 0, 2, 0], [3, 0, 5, 1, 2], [0, 0, 40, 0, 0], [17, 33, 0, 16, 4]];

    [TestMethod]
    [DataRow(3, true)]
    [DataRow(3, false)]
    [DataRow(4, true)]
    [DataRow(8, false)]
    public void MultiplyExperts_EveryLoad_AgreesWithTheDefinition(int bits, bool byToken)
    {
        Random random = new(bits);
        using ExpertCase experts = new(random, [.. Enumerable.Repeat(new PackedShape(Rows, Columns, bits, 32), 5)], [0, 0, 0, 0, 0]);
        ErrorRecord errors = Errors($"W{bits} experts, a row per {(byToken ? "token" : "slot")}");
        foreach (int[] load in Loads)
            AssertProduct(experts, load, byToken, random, errors);
        errors.Report();
    }

    [TestMethod]
    public void MultiplyExperts_CompensatorsOfDifferentRanks_AgreesWithTheDefinition()
    {
        Random random = new(21);
        using ExpertCase experts = new(random, [.. Enumerable.Repeat(new PackedShape(Rows, Columns, 3, 64), 5)], [3, 0, 9, 1, 17]);
        ErrorRecord errors = Errors("W3 experts with compensators");
        AssertProduct(experts, Loads[0], true, random, errors);
        AssertProduct(experts, Loads[1], false, random, errors);
        errors.Report();
    }

    [TestMethod]
    public void MultiplyExperts_DifferentRecipes_AgreesWithTheDefinition()
    {
        Random random = new(22);
        using ExpertCase experts = new(
            random,
            [new(Rows, Columns, 3, 64), new(Rows, Columns, 4, 32), new(Rows, Columns, 3, 128, true), new(Rows, Columns, 8, 64), new(Rows, Columns, 4, 64, true)],
            [2, 0, 0, 4, 0]);
        ErrorRecord errors = Errors("experts of different bits, groups and ranks");
        AssertProduct(experts, Loads[1], true, random, errors);
        AssertProduct(experts, Loads[3], false, random, errors);
        errors.Report();
    }

    [TestMethod]
    public void MultiplyExperts_ArgumentsThatDoNotFit_Throw()
    {
        using ExpertCase experts = new(new Random(1), [.. Enumerable.Repeat(new PackedShape(Rows, Columns, 3, 32), 3)], [0, 0, 0]);
        using PackedWeights weights = new(Accelerator, experts.Operands);
        using ExpertPlan plan = new(Accelerator, 4, 3), other = new(Accelerator, 4, 2);
        using MemoryBuffer1D<int, Stride1D.Dense> offsets = Accelerator.Allocate1D(new[] { 0, 1, 1, 4 }), rows = Accelerator.Allocate1D(new[] { 0, 0, 0 });
        using MemoryBuffer1D<float, Stride1D.Dense> x = Untouched(4 * Columns), y = Untouched(4 * Rows), work = Untouched(1);
        PackedProduct<float> product = PackedProducts.ForSingle(Accelerator);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => plan.Build(Stream, offsets.View, 5));
        Assert.ThrowsExactly<ArgumentException>(() => plan.Build(Stream, offsets.View.SubView(0, 3), 4));
        plan.Build(Stream, offsets.View, 4);
        other.Build(Stream, offsets.View, 4);
        Assert.ThrowsExactly<ArgumentException>(() => product.MultiplyExperts(Stream, weights, other, default, x.View, work.View, y.View));
        Assert.ThrowsExactly<ArgumentException>(() => product.MultiplyExperts(Stream, weights, plan, rows.View, x.View, work.View, y.View));
        Assert.ThrowsExactly<ArgumentException>(() => product.MultiplyExperts(Stream, weights, plan, default, x.View, work.View, y.View.SubView(0, (4 * Rows) - 1)));
        Stream.Synchronize();
        Assert.IsTrue(y.GetAsArray1D().All(float.IsNaN));
    }

    private void AssertProduct(ExpertCase experts, int[] load, bool byToken, Random random, ErrorRecord errors)
    {
        int slots = load.Sum(), inputs = byToken ? (slots + 1) / 2 : slots;
        int[] offsets = [.. Enumerable.Range(0, load.Length + 1).Select(expert => load.Take(expert).Sum())];
        int[] rowOfSlot = [.. Enumerable.Range(0, slots).Select(slot => byToken ? random.Next(inputs) : slot)];
        using TokenCase tokens = new(random, inputs, Columns);
        using PackedWeights weights = new(Accelerator, experts.Operands);
        PackedProduct<float> product = PackedProducts.ForSingle(Accelerator);
        using ExpertPlan plan = new(Accelerator, slots + 3, load.Length);
        using MemoryBuffer1D<int, Stride1D.Dense> deviceOffsets = Accelerator.Allocate1D(offsets), deviceRows = Accelerator.Allocate1D(rowOfSlot);
        using MemoryBuffer1D<float, Stride1D.Dense> x = Accelerator.Allocate1D(Values(tokens)), y = Untouched((slots * Rows) + 5), work = Untouched(product.WorkLength(weights, slots));
        plan.Build(Stream, deviceOffsets.View, slots);
        product.MultiplyExperts(Stream, weights, plan, byToken ? deviceRows.View : default, x.View, work.View, y.View);
        float[] results = y.GetAsArray1D();
        for (int slot = 0; slot < slots; slot++)
        {
            int expert = Array.FindLastIndex(offsets, offset => offset <= slot);
            for (int row = 0; row < Rows; row++)
            {
                (double expected, double tolerance) = experts.Expected(expert, tokens, rowOfSlot[slot], row);
                errors.Add(expected, tolerance, results[(slot * Rows) + row], $"load {string.Join(' ', load)}, slot {slot} of expert {expert}, row {row}");
            }
        }
        Assert.IsTrue(results.AsSpan(slots * Rows).ToArray().All(float.IsNaN), "Something was written behind the results.");
    }
}
