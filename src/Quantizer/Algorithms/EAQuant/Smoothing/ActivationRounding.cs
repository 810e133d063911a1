using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>What activations become when the runtime quantizes them, by the runtime's own quantizer.</summary>
internal static unsafe class ActivationRounding
{
    /// <summary>Replaces every row by what its codes stand for.</summary>
    /// <param name="tokens">[tokens, channels].</param>
    /// <param name="scheme">Bits, groups, clip ratio.</param>
    public static void Round(FloatMatrix tokens, ActivationScheme scheme)
    {
        using ActivationBuffer buffer = new(1, tokens.Columns);
        int stride = (tokens.Columns + ActivationBlock.StrideUnit - 1) / ActivationBlock.StrideUnit * ActivationBlock.StrideUnit;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)QuantizedActivations.RequiredBytes(1, stride), 64);
        try
        {
            QuantizedActivations quantized = new(memory, scheme, 1, tokens.Columns, stride);
            for (int token = 0; token < tokens.Rows; token++)
            {
                buffer.Reset(1, tokens.Columns);
                tokens.Row(token).CopyTo(buffer.Row(0));
                KernelCatalog.Best.Quantize(buffer.Complete(), quantized, 0, 1);
                Span<float> row = tokens.Row(token);
                for (int channel = 0; channel < row.Length; channel++)
                    row[channel] = quantized.Value(0, channel);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
