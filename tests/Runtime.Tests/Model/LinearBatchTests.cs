using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Tests.Model;

[TestClass]
public sealed unsafe class LinearBatchTests
{
    private const int Rows = 40;
    private const int Columns = 1024;

    private static readonly InputTreatment[] Treatments =
    [
        default,
        new(0, new ActivationScheme(8, 64)),
        new(0, new ActivationScheme(4, 0, 0.9f)),
        new(64, null),
        new(64, new ActivationScheme(8, 64)),
        new(0, new ActivationScheme(8, 64)),
    ];

    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]
    [DataRow(40)]
    public void Run_LayersThatTreatOneInputDifferently_GiveWhatEachGivesAlone(int tokens)
    {
        // 40 tokens are prepared by all threads, fewer by the calling one.
        using var pool = new WorkerPool(3);
        using var batch = new LinearBatch(pool, KernelCatalog.Best, Treatments.Length, 0);
        using var buffer = new ActivationBuffer(tokens, Columns);
        var random = new Random(tokens);
        buffer.Reset(tokens, Columns);
        for (int token = 0; token < tokens; token++)
            foreach (ref float value in buffer.Row(token))
                value = (2 * random.NextSingle()) - 1;
        ActivationBlock x = buffer.Complete();

        byte* packed = Matrix(random);
        float[][] together = [.. Treatments.Select(_ => new float[tokens * Rows])], alone = [.. Treatments.Select(_ => new float[tokens * Rows])];
        try
        {
            for (int round = 0; round < 2; round++)
                Run([.. Enumerable.Range(0, Treatments.Length)], together);
            for (int layer = 0; layer < Treatments.Length; layer++)
                Run([layer], alone);
        }
        finally
        {
            NativeMemory.AlignedFree(packed);
        }

        for (int layer = 0; layer < Treatments.Length; layer++)
            CollectionAssert.AreEqual(alone[layer], together[layer], $"{Treatments[layer]}");
        for (int layer = 1; layer < 5; layer++)
            Assert.IsFalse(alone[0].SequenceEqual(alone[layer]), $"{Treatments[layer]} must do something");
        CollectionAssert.AreEqual(alone[1], alone[5]);

        void Run(int[] layers, float[][] results)
        {
            GCHandle[] pins = [.. layers.Select(layer => GCHandle.Alloc(results[layer], GCHandleType.Pinned))];
            foreach ((int layer, GCHandle pin) in layers.Zip(pins))
                batch.Add(new PackedLinearWeights(new PackedMatrix(packed, Shape), default, default, 0, Treatments[layer]), x, (float*)pin.AddrOfPinnedObject(), Rows);
            batch.Run();
            foreach (GCHandle pin in pins)
                pin.Free();
        }
    }

    private static PackedShape Shape => new(Rows, Columns, 4, 64, Symmetric: true);

    private static byte* Matrix(Random random)
    {
        byte[] codes = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (byte)random.Next(16))];
        Half[] scales = [.. Enumerable.Range(0, Rows * Shape.GroupCount).Select(_ => (Half)(0.01 + (0.01 * random.NextDouble())))];
        var packed = (byte*)NativeMemory.AlignedAlloc((nuint)Shape.TotalBytes, 64);
        MatrixPacker.Pack(codes, scales, [], Shape, new Span<byte>(packed, (int)Shape.TotalBytes));
        return packed;
    }
}
