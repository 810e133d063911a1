using System.Runtime.InteropServices;

namespace MoEQuant.Kernels;

/// <summary>Quantizes low-rank factors symmetrically in groups of 64 and brings them into the layout of
/// <see cref="FactorShape"/>.</summary>
/// <remarks>
/// With 8 bits the scale is max|v| / 127. With 3 bits clipping pays: the scale is the one with the smallest squared error among 32 clip
/// ratios from 0.4 to 1.
/// Codes are chosen against the scale as stored, after rounding to half precision.
/// </remarks>
public static class FactorPacker
{
    private const int ClipCandidates = 32;
    private const float SmallestClip = 0.4f;

    /// <summary>Quantizes and packs a factor.</summary>
    /// <param name="values">The factor [Rank, Length], row-major, finite.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="destination">Receives <see cref="FactorShape.TotalBytes"/> bytes; every byte is written.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, or a value is not finite.</exception>
    public static void Pack(ReadOnlySpan<float> values, in FactorShape shape, Span<byte> destination)
    {
        RequireLengths(values.Length, shape, destination.Length);
        destination = destination[..(int)shape.TotalBytes];
        destination.Clear();
        Span<Half> scales = MemoryMarshal.Cast<byte, Half>(destination[(int)shape.ScaleOffset..]);
        for (int row = 0; row < shape.Rank; row++)
        {
            ReadOnlySpan<float> rowValues = values.Slice(row * shape.Length, shape.Length);
            for (int group = 0; group < shape.GroupCount; group++)
            {
                int first = group * FactorShape.GroupSize;
                ReadOnlySpan<float> groupValues = rowValues[first..Math.Min(first + FactorShape.GroupSize, shape.Length)];
                Span<byte> codes = destination.Slice((int)(row * shape.RowBytes) + group * shape.GroupBytes, shape.GroupBytes);
                Half scale = ChooseScale(groupValues, shape.Bits);
                scales[row * shape.GroupCount + group] = scale;
                for (int index = 0; index < groupValues.Length; index++)
                    FactorCodes.Write(codes, shape.Bits, index, Quantize(groupValues[index], (float)scale, shape.Bits));
            }
        }
    }

    /// <summary>Computes the values that a packed factor stands for.</summary>
    /// <param name="packed">The packed factor, at least <see cref="FactorShape.TotalBytes"/> bytes.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="values">Receives the factor [Rank, Length], row-major.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, in FactorShape shape, Span<float> values)
    {
        RequireLengths(values.Length, shape, packed.Length);
        ReadOnlySpan<Half> scales = MemoryMarshal.Cast<byte, Half>(packed[(int)shape.ScaleOffset..(int)shape.TotalBytes]);
        for (int row = 0; row < shape.Rank; row++)
        {
            for (int column = 0; column < shape.Length; column++)
            {
                int group = column / FactorShape.GroupSize;
                ReadOnlySpan<byte> codes = packed.Slice((int)(row * shape.RowBytes) + group * shape.GroupBytes, shape.GroupBytes);
                float scale = (float)scales[row * shape.GroupCount + group];
                values[row * shape.Length + column] = FactorCodes.Read(codes, shape.Bits, column % FactorShape.GroupSize) * scale;
            }
        }
    }

    private static Half ChooseScale(ReadOnlySpan<float> values, int bits)
    {
        float largest = 0;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException($"{value} is not finite.", nameof(values));
            largest = Math.Max(largest, Math.Abs(value));
        }
        if (bits == 8)
            return ToScale(largest / 127);

        Half best = default;
        double bestError = double.PositiveInfinity;
        for (int candidate = 0; candidate < ClipCandidates; candidate++)
        {
            float clip = 1 - (1 - SmallestClip) * candidate / (ClipCandidates - 1);
            Half scale = ToScale(largest * clip / FactorCodes.Centre3);
            double error = SquaredError(values, (float)scale, bits);
            if (error < bestError)
                (best, bestError) = (scale, error);
        }
        return best;
    }

    private static double SquaredError(ReadOnlySpan<float> values, float scale, int bits)
    {
        double sum = 0;
        foreach (float value in values)
        {
            double difference = value - (Quantize(value, scale, bits) - FactorCodes.Centre3) * (double)scale;
            sum += difference * difference;
        }
        return sum;
    }

    // A group of zeros has scale 0; its codes do not matter then and are 0 like the padding.
    private static int Quantize(float value, float scale, int bits)
    {
        if (scale == 0)
            return 0;
        return bits == 8
            ? (int)Math.Clamp(MathF.Round(value / scale), -127, 127)
            : (int)Math.Clamp(MathF.Round(value / scale + FactorCodes.Centre3), 0, 7);
    }

    private static Half ToScale(float value) => (Half)Math.Min(value, (float)Half.MaxValue);

    private static void RequireLengths(int values, in FactorShape shape, int packed)
    {
        if (values != (long)shape.Rank * shape.Length)
            throw new ArgumentException($"There are {values} values; expected {(long)shape.Rank * shape.Length} for {shape}.", nameof(values));
        if (packed < shape.TotalBytes)
            throw new ArgumentException($"The buffer has {packed} bytes; at least {shape.TotalBytes} are needed.", nameof(packed));
    }
}
