using System.Runtime.Intrinsics;
using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

[TestClass]
public sealed unsafe class AttentionTests
{
    private static readonly int[] Dimensions = [2, 6, 16, 24, 64, 80, 128];
    private static readonly int[] PositionCounts = [1, 2, 15, 16, 17, 33, 63, 64, 65, 127, 129, 200, 300];
    private static readonly int[] RowCounts = [1, 2, 3, 4, 5, 8, 11, 16];

    public static IEnumerable<object[]> NamesAndTypes =>
        from kernel in KernelCatalog.Available
        from type in new[] { DenseType.F32, DenseType.BF16 }
        select new object[] { kernel.Name, type };

    [TestMethod]
    [DynamicData(nameof(NamesAndTypes))]
    public void Attend_EveryShape_AgreesWithTheDefinition(string kernelName, DenseType type)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(1);
        int step = 0;
        foreach (int dimension in Dimensions)
            foreach (int positions in PositionCounts)
            {
                step++;
                int rows = RowCounts[step % RowCounts.Length];
                using AttentionCase attention = new(random, type, dimension, positions, Ranges(random, rows, positions), blockPositions: step % 2 == 0 ? 128 : 48);
                AssertAttention(kernel, attention);
            }
    }

    [TestMethod]
    [DynamicData(nameof(NamesAndTypes))]
    public void Attend_EqualSmallAndHugeScores_AgreeWithTheDefinition(string kernelName, DenseType type)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        foreach (float scale in new[] { 0f, 1e-6f, 30, 3000 })
        {
            using AttentionCase attention = new(new Random(2), type, 40, 150, [.. Enumerable.Range(0, 6).Select(row => (row * 7, 100 + row * 10))], scale);
            AssertAttention(kernel, attention);
        }
    }

    [TestMethod]
    [DynamicData(nameof(NamesAndTypes))]
    public void Attend_OneKeyFarAboveTheOthers_GivesItsValue(string kernelName, DenseType type)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        foreach (int position in new[] { 0, 70, 149 })
        {
            using AttentionCase attention = new(new Random(3), type, 24, 150, [(0, 150)]);
            for (int d = 0; d < 24; d++)
                attention.SetKey(position, d, 1000 * attention.Query(0)[d]);
            AssertAttention(kernel, attention);
        }
    }

    [TestMethod]
    [DynamicData(nameof(NamesAndTypes))]
    public void Attend_RowInAnyBatch_HasTheSameResultToTheLastBit(string kernelName, DenseType type)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        Random random = new(4);
        foreach (int dimension in new[] { 6, 64 })
        {
            (int First, int End)[] ranges = Ranges(random, 13, 200);
            using AttentionCase attention = new(random, type, dimension, 200, ranges);
            float[][] together = attention.Run(kernel, 0, 13);
            for (int row = 0; row < 13; row++)
                CollectionAssert.AreEqual(attention.Run(kernel, row, 1)[0], together[row], $"row {row}, {ranges[row]}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(NamesAndTypes))]
    public void Attend_NaNInAKey_ShowsInTheRowsThatSeeItAlone(string kernelName, DenseType type)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        using AttentionCase attention = new(new Random(5), type, 16, 100, [(0, 50), (0, 51), (51, 100), (40, 100), (0, 20)]);
        attention.SetKey(50, 3, float.NaN);
        float[][] results = attention.Run(kernel, 0, 5);
        foreach (int row in new[] { 1, 3 })
            Assert.IsTrue(Array.TrueForAll(results[row], float.IsNaN), $"row {row}");
        foreach (int row in new[] { 0, 2, 4 })
            Assert.IsTrue(Array.TrueForAll(results[row], float.IsFinite), $"row {row}");
    }

    [TestMethod]
    [DynamicData(nameof(TestKernels.Names), typeof(TestKernels))]
    public void Attend_ManyCalls_AllocateNothingAndRefuseWhatDoesNotFit(string kernelName)
    {
        MatrixKernel kernel = TestKernels.Get(kernelName);
        using GuardedMemory keys = new(64 * 8 * 4), values = new(64 * 16 * 4), memory = new(AttentionRows.RequiredBytes(8)), other = new(AttentionRows.RequiredBytes(9));
        KeyValueBlock block = new(keys.Pointer, values.Pointer, DenseType.F32, 8, 60);
        AttentionRows rows = new(memory.Pointer, 5, 8), wider = new(other.Pointer, 5, 9);
        rows.Reset();
        new Span<int>(rows.Ends, 5).Fill(60);
        kernel.Attend(rows, block);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 100; call++)
            kernel.Attend(rows, block);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);

        Assert.ThrowsExactly<ArgumentException>(() => kernel.Attend(wider, block));
        rows.Ends[4] = 61;
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Attend(rows, block));
        rows.Ends[4] = 0;
        rows.Firsts[2] = -1;
        Assert.ThrowsExactly<ArgumentException>(() => kernel.Attend(rows, block));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KeyValueBlock(keys.Pointer, values.Pointer, DenseType.F16, 8, 60));
        Assert.ThrowsExactly<ArgumentException>(() => block.Store(0, new float[7], new float[8]));
    }

    [TestMethod]
    public void Exponential_EveryRange_IsExactToFewUnitsInTheLastPlace()
    {
        for (float x = 0.01f; x > -86; x -= 0.0137f)
        {
            double expected = Math.Exp(x);
            float found = Exponential.Of<Lanes128, Vector128<float>, Vector128<int>>(Vector128.Create(x))[0];
            Assert.AreEqual(expected, found, 3e-7 * expected, $"{x:R}");
        }
        Assert.AreEqual(1, Exponential.Of<Lanes128, Vector128<float>, Vector128<int>>(Vector128.Create(0f))[0]);
        Assert.AreEqual(0, Exponential.Of<Lanes128, Vector128<float>, Vector128<int>>(Vector128.Create(-1e30f))[0], 1e-37);
        Assert.IsTrue(float.IsNaN(Exponential.Of<Lanes128, Vector128<float>, Vector128<int>>(Vector128.Create(float.NaN))[0]));
    }

    [TestMethod]
    [DataRow(1f, 0x3F80)]
    [DataRow(1.00390625f, 0x3F80)]
    [DataRow(1.01171875f, 0x3F82)]
    [DataRow(1.0039064f, 0x3F81)]
    [DataRow(-2.5f, 0xC020)]
    [DataRow(float.PositiveInfinity, 0x7F80)]
    public void ToBFloat16_Numbers_AreRoundedToTheNearestEven(float value, int expected) => Assert.AreEqual((ushort)expected, KeyValueBlock.ToBFloat16(value));

    [TestMethod]
    public void ToBFloat16_NaN_StaysNaN() =>
        Assert.AreEqual(0x7F80, KeyValueBlock.ToBFloat16(BitConverter.UInt32BitsToSingle(0x7F800001)) & 0x7FBF);

    private static (int First, int End)[] Ranges(Random random, int rows, int positions) =>
        [.. Enumerable.Range(0, rows).Select(row =>
        {
            int end = 1 + random.Next(positions);
            return (row % 3 == 0 ? 0 : random.Next(end), end);
        })];

    private static void AssertAttention(MatrixKernel kernel, AttentionCase attention)
    {
        float[][] results = attention.Run(kernel, 0, attention.Ranges.Length), reference = attention.Run(TestKernels.Get("Scalar"), 0, attention.Ranges.Length);
        for (int row = 0; row < results.Length; row++)
        {
            (double[] expected, double tolerance) = attention.Expected(row);
            for (int d = 0; d < attention.Dimension; d++)
            {
                Assert.AreEqual(expected[d], results[row][d], tolerance, $"{kernel.Name}, dimension {attention.Dimension}, row {row} of {results.Length}, {attention.Ranges[row]}, element {d}");
                Assert.AreEqual(reference[row][d], results[row][d], 2 * tolerance, $"the scalar kernel, row {row}, element {d}");
            }
        }
    }
}
