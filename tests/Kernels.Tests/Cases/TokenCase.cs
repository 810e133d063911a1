using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>Random input vectors in guarded memory, laid out as kernels expect them.</summary>
internal sealed unsafe class TokenCase : ITokens, IDisposable
{
    private readonly GuardedMemory values;
    private readonly GuardedMemory sums;
    private readonly int stride;

    public TokenCase(Random random, int count, int columns, bool outliers = false)
    {
        Count = count;
        Columns = columns;
        stride = (columns + 127) / 128 * 128;
        values = new GuardedMemory(count * stride * sizeof(float));
        sums = new GuardedMemory(count * stride / 32 * sizeof(float));
        for (int token = 0; token < count; token++)
        {
            for (int column = 0; column < columns; column++)
                values.Values<float>()[token * stride + column] = (float)(random.NextDouble() * 2 - 1) * (outliers && random.Next(10) == 0 ? 1e4f : 1);
            for (int group = 0; group < stride / 32; group++)
            {
                double sum = 0;
                foreach (float value in values.Values<float>().Slice(token * stride + group * 32, 32))
                    sum += value;
                sums.Values<float>()[token * stride / 32 + group] = (float)sum;
            }
        }
    }

    public int Count { get; }

    public int Columns { get; }

    public ActivationBlock Block => First(Count);

    public ActivationBlock First(int count) => new((float*)values.Pointer, (float*)sums.Pointer, count, Columns, stride);

    public double Value(int token, int column) => ((float*)values.Pointer)[token * stride + column];

    public void Dispose()
    {
        values.Dispose();
        sums.Dispose();
    }
}
