using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>A random packed low-rank factor in guarded memory and its values in double precision, decoded by the oracle.</summary>
internal sealed unsafe class FactorCase : IDisposable
{
    private readonly GuardedMemory memory;
    private readonly double[] values;

    public FactorCase(Random random, FactorShape shape)
    {
        Shape = shape;
        float[] source = [.. Enumerable.Range(0, shape.Rank * shape.Length).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        byte[] packed = new byte[shape.TotalBytes];
        FactorPacker.Pack(source, shape, packed);
        memory = GuardedValues.Copy<byte>(packed);
        values = new double[source.Length];
        for (int row = 0; row < shape.Rank; row++)
            for (int index = 0; index < shape.Length; index++)
                values[row * shape.Length + index] = LayoutOracle.Factor(packed, shape.Rank, shape.Length, shape.Bits, row, index);
    }

    public FactorShape Shape { get; }

    public LowRankFactor Factor => new(memory.Pointer, Shape);

    public double this[int row, int index] => values[row * Shape.Length + index];

    public void Dispose() => memory.Dispose();
}
