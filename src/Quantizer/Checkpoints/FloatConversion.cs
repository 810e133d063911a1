using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MoEQuant.Format;
using MoEQuant.Kernels;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>Widens stored elements to single precision; all three types widen without rounding.</summary>
internal static unsafe class FloatConversion
{
    /// <summary>Whether a type can be widened here.</summary>
    public static bool Supports(TensorDataType type) => type is TensorDataType.BF16 or TensorDataType.F16 or TensorDataType.F32;

    /// <summary>The kernels' name of a type that can be widened here.</summary>
    public static DenseType DenseTypeOf(TensorDataType type) => type switch
    {
        TensorDataType.BF16 => DenseType.BF16,
        TensorDataType.F16 => DenseType.F16,
        TensorDataType.F32 => DenseType.F32,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only BF16, F16 and F32 are supported."),
    };

    /// <summary>Widens as many elements as the destination has.</summary>
    /// <param name="source">The first element; of any alignment.</param>
    /// <param name="type">BF16, F16 or F32.</param>
    /// <param name="destination">Receives the values.</param>
    public static void Widen(byte* source, TensorDataType type, Span<float> destination)
    {
        switch (type)
        {
            case TensorDataType.F32:
                // Bytes, not floats: a span of floats must not stand at an odd address.
                for (; !destination.IsEmpty; destination = destination[Math.Min(destination.Length, 1 << 28)..])
                {
                    int count = Math.Min(destination.Length, 1 << 28);
                    new ReadOnlySpan<byte>(source, count * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(destination[..count]));
                    source += (long)count * sizeof(float);
                }

                break;
            case TensorDataType.BF16:
                WidenBFloat16(source, destination);
                break;
            case TensorDataType.F16:
                WidenHalf(source, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Only BF16, F16 and F32 are widened.");
        }
    }

    /// <summary>The index of the first NaN or infinity, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        // NaN and infinity are exactly the values whose exponent bits are all set.
        int index = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            const uint exponent = 0x7F800000;
            for (; index <= values.Length - Vector256<float>.Count; index += Vector256<float>.Count)
            {
                Vector256<uint> bits = Vector256.Create(values.Slice(index, Vector256<float>.Count)).AsUInt32();
                if (Vector256.EqualsAny(bits & Vector256.Create(exponent), Vector256.Create(exponent)))
                    break;
            }
        }

        for (; index < values.Length; index++)
            if (!float.IsFinite(values[index]))
                return index;
        return -1;
    }

    private static void WidenBFloat16(byte* source, Span<float> destination)
    {
        int i = 0;
        fixed (float* target = destination)
        {
            for (; i <= destination.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
            {
                (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Load((ushort*)(source + ((long)i * sizeof(ushort)))));
                (lower << 16).AsSingle().Store(target + i);
                (upper << 16).AsSingle().Store(target + i + Vector256<uint>.Count);
            }

            for (; i < destination.Length; i++)
                target[i] = BitConverter.UInt32BitsToSingle((uint)System.Runtime.CompilerServices.Unsafe.ReadUnaligned<ushort>(source + ((long)i * sizeof(ushort))) << 16);
        }
    }

    private static void WidenHalf(byte* source, Span<float> destination)
    {
        // Through an aligned buffer: a checkpoint's tensors stand at any byte.
        const int chunk = 1024;
        Span<Half> aligned = stackalloc Half[chunk];
        while (!destination.IsEmpty)
        {
            int count = Math.Min(chunk, destination.Length);
            new ReadOnlySpan<byte>(source, count * sizeof(ushort)).CopyTo(MemoryMarshal.AsBytes(aligned));
            TensorPrimitives.ConvertToSingle(aligned[..count], destination[..count]);
            source += count * sizeof(ushort);
            destination = destination[count..];
        }
    }
}
