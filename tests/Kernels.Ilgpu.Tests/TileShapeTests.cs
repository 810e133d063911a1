namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>How products are cut up on devices of other sizes than the tests have.</summary>
[TestClass]
public sealed class TileShapeTests
{
    [TestMethod]
    [DataRow(768, 2048, 8, 1, 1024, 108)]
    [DataRow(151936, 2048, 1, 1, 1024, 108)]
    [DataRow(2048, 768, 40, 8, 1024, 132)]
    [DataRow(1, 1, 1, 1, 1024, 108)]
    [DataRow(4096, 14336, 2, 4, 32, 1)]
    [DataRow(64, 64, 1, 1, 16, 1)]
    public void Choose_AnyProduct_FitsDeviceAndMatrix(int rows, int columns, int items, int tokens, int maxThreads, int multiprocessors)
    {
        TileShape shape = TileShape.Choose(rows, columns, items, tokens, maxThreads, multiprocessors);

        Assert.IsLessThanOrEqualTo(Math.Min(256, maxThreads), shape.Threads);
        Assert.AreEqual(0, shape.Slices & (shape.Slices - 1), $"{shape} is no tree");
        Assert.IsTrue(shape.Slices == 1 || shape.Slices * 32 < columns + 32, $"{shape} has threads without columns");
        Assert.IsTrue(shape.RowTiles == 1 || shape.RowTiles * 16 < rows + 16, $"{shape} has threads without rows");
    }

    [TestMethod]
    public void Choose_SmallAndLargeProduct_TradesGroupsForReuse()
    {
        TileShape small = TileShape.Choose(512, 2048, 1, 1, 1024, 108), large = TileShape.Choose(151936, 2048, 1, 1, 1024, 108);

        Assert.AreEqual((1, 16), (small.RowTiles, small.Slices), "32 tiles cannot fill 108 multiprocessors: many threads for each.");
        Assert.AreEqual((2, 8), (large.RowTiles, large.Slices), "9,496 tiles can: more rows for each reading of the inputs.");
    }

    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(2, 1, 4)]
    [DataRow(5, 1, 8)]
    [DataRow(8, 128, 1)]
    [DataRow(512, 128, 4)]
    [DataRow(4096, 128, 8)]
    public void TokensFor_SlotsAndMatrices_IsTheLeastThatHoldsAnAverageLoad(int slots, int matrices, int expected) => Assert.AreEqual(expected, TileShape.TokensFor(slots, matrices));
}
