using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>A random unquantized matrix in guarded memory, at any alignment the guard page dictates, and its weights in double
/// precision.</summary>
internal sealed unsafe class DenseCase : IDisposable
{
    private readonly GuardedMemory memory;
    private readonly DenseType type;
    private readonly int rows;
    private readonly int columns;
    private readonly double[] weights;

    public DenseCase(Random random, DenseType type, int rows, int columns)
    {
        (this.type, this.rows, this.columns) = (type, rows, columns);
        weights = new double[rows * columns];
        memory = new GuardedMemory(weights.Length * (type == DenseType.F32 ? 4 : 2));
        for (int index = 0; index < weights.Length; index++)
            weights[index] = Write(index, random);
    }

    public DenseMatrix Matrix => new(memory.Pointer, type, rows, columns);

    public (double Value, double Tolerance) Expected(TokenCase x, int token, int row)
    {
        double value = 0, magnitude = 0;
        for (int column = 0; column < columns; column++)
        {
            double term = weights[row * columns + column] * x.Value(token, column);
            value += term;
            magnitude += Math.Abs(term);
        }
        return (value, (columns + 8) * Math.Pow(2, -24) * magnitude + 1e-37);
    }

    public void Dispose() => memory.Dispose();

    private double Write(int index, Random random)
    {
        if (type == DenseType.F32)
        {
            float value = (float)(random.NextDouble() * 2 - 1);
            memory.Values<float>()[index] = value;
            return value;
        }
        if (type == DenseType.BF16)
        {
            // Sign, an exponent about 127 and seven bits of fraction.
            int sign = random.Next(2), exponent = random.Next(110, 130), fraction = random.Next(128);
            memory.Values<ushort>()[index] = (ushort)(sign << 15 | exponent << 7 | fraction);
            return (1 - 2 * sign) * (128 + fraction) * Math.Pow(2, exponent - 134);
        }
        // All finite half-precision numbers, denormal ones included.
        int bits = random.Next(2) << 15 | random.Next(0x7C00);
        memory.Values<ushort>()[index] = (ushort)bits;
        return LayoutOracle.Half(bits);
    }
}
