using System.Runtime.InteropServices;

namespace MoEQuant.Kernels;

/// <summary>Calls a kernel on operands that are zero and as small as they can be, for one token and for a batch: for its code, not for its results.</summary>
internal sealed unsafe class KernelTrial(MatrixKernel kernel) : IDisposable
{
    private const int Columns = 128;
    private const int Rows = PackedShape.TileRows;

    /// <summary>From so many tokens on every kernel treats them as a batch.</summary>
    public const int Batch = 6;

    // More than any operand below takes.
    private const int RegionBytes = 16 << 10;

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(4 * RegionBytes);

    private byte* Weights => _memory;

    private byte* Inputs => _memory + RegionBytes;

    private float* Latent => (float*)(_memory + 2 * RegionBytes);

    private float* Outputs => (float*)(_memory + 3 * RegionBytes);

    public void Multiply(KernelUse use, int tokens)
    {
        PackedMatrix matrix = new(Weights, new PackedShape(Rows, Columns, use.Bits, GroupSize: 32));
        if (use.ActivationBits == 0)
        {
            kernel.Multiply(matrix, Tokens(tokens), 0, 1, Outputs, Rows);
            return;
        }

        QuantizedActivations quantized = new((byte*)Latent, new ActivationScheme(use.ActivationBits, use.ActivationGroupSize), tokens, Columns, Columns);
        kernel.Quantize(Tokens(tokens), quantized, 0, tokens);
        kernel.Multiply(matrix, quantized, 0, 1, Outputs, Rows);
    }

    public void Compensate(int bits, int tokens)
    {
        LowRankFactor input = new(Weights, new FactorShape(1, Columns, bits)), output = new(Weights, new FactorShape(1, Rows, bits));
        kernel.Project(input, Tokens(tokens), 0, 1, Latent, 1);
        kernel.AddExpanded(output, Latent, 1, tokens, 0, 1, Outputs, Rows);
    }

    public void MultiplyDense(int tokens) => kernel.Multiply(new DenseMatrix(Weights, DenseType.F32, Rows, Columns), Tokens(tokens), 0, 1, Outputs, Rows);

    public void Attend(DenseType keysAndValues)
    {
        const int HeadDimension = 16;
        AttentionRows rows = new(Inputs, Batch, HeadDimension);
        rows.Reset();
        for (int row = 0; row < Batch; row++)
            rows.Ends[row] = 1;
        kernel.Attend(rows, new KeyValueBlock(Weights, Weights, keysAndValues, HeadDimension, 1));
    }

    public void Dispose() => NativeMemory.Free(_memory);

    private ActivationBlock Tokens(int count) => new((float*)Inputs, (float*)Inputs + Batch * Columns, count, Columns, Columns);
}
