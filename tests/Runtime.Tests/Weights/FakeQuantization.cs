using System.Numerics;
using MoEQuant.Format;

namespace MoEQuant.Runtime.Tests.Weights;

/// <summary>The treatment of activations as docs/format.md describes it, in double precision and returning numbers instead of codes: an independent oracle.</summary>
internal static class FakeQuantization
{
    /// <summary>Rotates, quantizes and rotates back, so that plain weights can be applied to the result.</summary>
    public static double[] Apply(double[] x, PackedActivations activations)
    {
        double[] treated = Rotate(x, activations.RotationBlock);
        int groupSize = activations.GroupSize == 0 ? x.Length : activations.GroupSize;
        if (activations.Bits > 0)
            treated = [.. treated.Chunk(groupSize).SelectMany(group => Quantize(group, activations))];
        return Rotate(treated, activations.RotationBlock);
    }

    private static double[] Quantize(double[] group, PackedActivations activations)
    {
        double low = Math.Min(0, group.Min()), high = Math.Max(0, group.Max()), clip = activations.ClipPercent / 100.0;
        if (activations.Bits == 8)
        {
            double step = Math.Max(-low, high) * clip / 127;
            return [.. group.Select(value => step == 0 ? 0 : Math.Round(Math.Clamp(value / step, -127, 127)) * step)];
        }

        double scale = (high - low) * clip / 15, zero = scale == 0 ? 0 : Math.Round(-low * clip / scale);
        return [.. group.Select(value => scale == 0 ? 0 : Math.Round(Math.Clamp(value / scale, -zero, 15 - zero)) * scale)];
    }

    private static double[] Rotate(double[] x, int block) => block == 0 ? x : [.. x.Select((_, i) =>
        Enumerable.Range(0, block).Sum(j => (1 - (2 * (BitOperations.PopCount((uint)(i % block & j)) % 2))) * x[(i / block * block) + j]) / Math.Sqrt(block))];
}
