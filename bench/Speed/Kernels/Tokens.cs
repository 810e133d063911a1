using System.Runtime.InteropServices;
using MoEQuant.Kernels;

namespace MoEQuant.Speed.Kernels;

/// <summary>Random tokens, in single precision and in eight bits.</summary>
internal sealed unsafe class Tokens : IDisposable
{
    private readonly ActivationBuffer _buffer;
    private readonly byte* _memory;

    public Tokens(int count, int columns)
    {
        Random random = new(2);
        _buffer = new(count, columns);
        _buffer.Reset(count, columns);
        for (int token = 0; token < count; token++)
            foreach (ref float value in _buffer.Row(token))
                value = 2 * random.NextSingle() - 1;
        Values = _buffer.Complete();
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)QuantizedActivations.RequiredBytes(count, Values.Stride), 64);
        Quantized = new(_memory, new(8, 64), count, columns, Values.Stride);
        KernelCatalog.Best.Quantize(Values, Quantized, 0, count);
    }

    public ActivationBlock Values { get; }

    public QuantizedActivations Quantized { get; }

    public void Dispose()
    {
        _buffer.Dispose();
        NativeMemory.AlignedFree(_memory);
    }
}
