
namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The tensor core kernels, whose PTX is generated and interpreted without a device.</summary>
[TestClass]
public sealed class TensorProductPtxTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(3)]
    [DataRow(4)]
    public void Listing_EveryKernel_KeepsItsLoopInRegisters(int bits)
    {
        foreach (string entry in new[] { "Multiply", "MultiplyExperts", "MultiplyGated", "MultiplyGatedExperts" })
        {
            PtxListing listing = Compile(bits, entry);
            string[] loop = listing.LoopWithMost("mma.sync");
            Assert.AreEqual(4, PtxListing.Count(loop, "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"), "64 columns are four instructions.");
            Assert.AreEqual(0, PtxListing.Count(loop, "ld.local") + PtxListing.Count(loop, "st.local"), "Something of the loop lies in local memory.");
            Assert.AreEqual(2, PtxListing.Count(loop, "ld.global.v4"), "A lane's 16 inputs are two loads.");
            Assert.IsLessThanOrEqualTo(entry.Contains("Gated", StringComparison.Ordinal) ? 32 : 16, listing.LocalBytes, "Only the results leave their registers by way of local memory.");
            Assert.AreEqual(TensorProduct.Threads * TensorProduct.Warps * sizeof(float), listing.SharedBytes);
            Assert.IsLessThanOrEqualTo(2048, listing.DeclaredRegisters, "Far more declared than a thread can have.");
            TestContext.WriteLine($"W{bits} {entry}: {loop.Length} lines per loop, {listing.DeclaredRegisters} registers declared");
        }
    }

    [TestMethod]
    [DataRow(3, 20, 200, 64, false, 3, 0)]
    [DataRow(3, 33, 640, 128, false, 9, 5)]
    [DataRow(3, 16, 64, 64, true, 1, 0)]
    [DataRow(4, 20, 200, 64, false, 8, 3)]
    [DataRow(4, 17, 321, 128, true, 10, 0)]
    public void Multiply_Interpreted_AgreesWithTheDefinition(int bits, int rows, int columns, int groupSize, bool symmetric, int tokens, int rank)
    {
        Random random = new(bits + rows);
        using ExpertCase matrix = new(random, [new PackedShape(rows, columns, bits, groupSize, symmetric)], [rank]);
        RoundedTokens x = new(random, tokens, columns);
        float[] y = new TensorLaunch([matrix.Operands], x, tokens, tokens).Multiply(Compile(bits, "Multiply"));
        ErrorRecord errors = new(TestContext, $"W{bits} on tensor cores, interpreted");
        for (int token = 0; token < tokens; token++)
            for (int row = 0; row < rows; row++)
            {
                (double expected, double tolerance) = matrix.Expected(0, x, token, row);
                errors.Add(expected, tolerance, y[(token * rows) + row], $"token {token}, row {row}");
            }
        errors.Report();
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(4)]
    public void MultiplyExperts_Interpreted_AgreesWithTheDefinition(int bits)
    {
        Random random = new(40 + bits);
        // The last expert has other codes: this launch must leave its slots alone.
        PackedShape shape = new(20, 130, bits, 64);
        using ExpertCase experts = new(random, [shape, shape, shape, new PackedShape(20, 130, 7 - bits, 64)], [2, 0, 4, 0]);
        RoundedTokens x = new(random, 4, 130);
        int[] rowOfSlot = [3, 0, 1, 2, 2, 1];
        ExpertItem[] items = [new() { Expert = 2, First = 0, Count = 3 }, new() { Expert = 0, First = 3, Count = 2 }, new() { Expert = 3, First = 5, Count = 1 }, default];
        float[] y = new TensorLaunch([experts.Operands], x, 4, 6).MultiplyExperts(Compile(bits, "MultiplyExperts"), items, rowOfSlot);
        ErrorRecord errors = new(TestContext, $"W{bits} experts on tensor cores, interpreted");
        foreach (ExpertItem item in items.Take(2))
            for (int slot = item.First; slot < item.First + item.Count; slot++)
                for (int row = 0; row < 20; row++)
                {
                    (double expected, double tolerance) = experts.Expected(item.Expert, x, rowOfSlot[slot], row);
                    errors.Add(expected, tolerance, y[(slot * 20) + row], $"slot {slot}, row {row}");
                }
        Assert.IsTrue(y.AsSpan(100).ToArray().All(float.IsNaN), "An expert with other codes was computed.");
        errors.Report();
    }

    [TestMethod]
    [DataRow(3, 3)]
    [DataRow(4, 9)]
    public void MultiplyGated_Interpreted_AgreesWithTheDefinition(int bits, int tokens)
    {
        Random random = new(60 + bits);
        PackedShape shape = new(20, 130, bits, 64);
        using ExpertCase gate = new(random, [shape], [2]), up = new(random, [shape], [5]);
        RoundedTokens x = new(random, tokens, 130);
        float[] y = new TensorLaunch([gate.Operands, up.Operands], x, tokens, tokens).Multiply(Compile(bits, "MultiplyGated"));
        ErrorRecord errors = new(TestContext, $"W{bits} gate and up on tensor cores, interpreted");
        for (int token = 0; token < tokens; token++)
            for (int row = 0; row < 20; row++)
                AddGated(errors, gate, up, 0, x, token, row, y[(token * 20) + row]);
        errors.Report();
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(4)]
    public void MultiplyGatedExperts_Interpreted_AgreesWithTheDefinition(int bits)
    {
        Random random = new(70 + bits);
        PackedShape shape = new(20, 130, bits, 64);
        using ExpertCase gates = new(random, [shape, shape, shape], [2, 0, 4]), ups = new(random, [shape, shape, shape], [0, 3, 1]);
        RoundedTokens x = new(random, 4, 130);
        int[] rowOfSlot = [3, 0, 1, 2, 2];
        ExpertItem[] items = [new() { Expert = 2, First = 0, Count = 3 }, new() { Expert = 0, First = 3, Count = 2 }, default];
        float[] y = new TensorLaunch([gates.Operands, ups.Operands], x, 4, 5).MultiplyExperts(Compile(bits, "MultiplyGatedExperts"), items, rowOfSlot);
        ErrorRecord errors = new(TestContext, $"W{bits} gates and ups of experts on tensor cores, interpreted");
        foreach (ExpertItem item in items)
            for (int slot = item.First; slot < item.First + item.Count; slot++)
                for (int row = 0; row < 20; row++)
                    AddGated(errors, gates, ups, item.Expert, x, rowOfSlot[slot], row, y[(slot * 20) + row]);
        errors.Report();
    }

    private static void AddGated(ErrorRecord errors, ExpertCase gates, ExpertCase ups, int expert, RoundedTokens x, int token, int row, float actual)
    {
        (double gate, double gateTolerance) = gates.Expected(expert, x, token, row);
        (double up, double upTolerance) = ups.Expected(expert, x, token, row);
        double silu = gate / (1 + Math.Exp(-gate));
        // silu's slope is at most 1.1; single precision rounds silu, the quotient and the product.
        double tolerance = (1.1 * gateTolerance * Math.Abs(up)) + (Math.Abs(silu) * upTolerance) + (1e-6 * Math.Abs(silu * up)) + 1e-30;
        errors.Add(silu * up, tolerance, actual, $"expert {expert}, token {token}, row {row}");
    }

    private static PtxListing Compile(int bits, string entry) =>
        PtxListing.Compile(entry, typeof(TensorProductKernels<>).MakeGenericType(bits == 3 ? typeof(TensorCodes3) : typeof(TensorCodes4)).GetMethod(entry)!);
}
