namespace MoEQuant.Quantizer.Tests.Algorithms;

/// <summary>HQQ for one group as a plain scalar loop: the reference that the vectorised code must equal bit by bit.</summary>
internal static class ScalarHqq
{
    public static (Half Scale, Half ZeroPoint, byte[] Codes) Quantize(float[] weights, int bits, bool solve)
    {
        int maxCode = (1 << bits) - 1;
        float lowest = weights.Min(), highest = weights.Max();
        float step = (highest * 0.5f - lowest * 0.5f) / maxCode * 2;
        Half nearest = (Half)Math.Min(step, 65504f);
        Half scale = (float)nearest < step * 0.999f && nearest < Half.MaxValue ? Half.BitIncrement(nearest) : nearest;
        float z = -lowest / (float)scale;
        if (scale == Half.Zero || Math.Abs(lowest) > 60000f * (float)scale)
        {
            float constant = lowest * 0.5f + highest * 0.5f;
            scale = (Half)Math.Min(Math.Abs(constant), 65504f);
            z = constant < 0 ? 1 : 0;
        }

        float s = (float)scale, inverse = s == 0 ? 0 : 1 / s;
        if (solve)
            z = Solve(weights, maxCode, s, inverse, z);
        Half zero = (Half)z;
        byte[] codes = [.. weights.Select(w => (byte)Code(w, inverse, (float)zero, maxCode))];
        return (scale, zero, codes);
    }

    private static float Code(float w, float inverse, float z, int maxCode) =>
        MathF.Round(Math.Clamp(w * inverse + z, 0f, maxCode), MidpointRounding.ToEven);

    private static float Solve(float[] weights, int maxCode, float s, float inverse, float z)
    {
        float best = z, bestError = float.PositiveInfinity, beta = 10f;
        for (int step = 0; step < 20; step++, beta *= 1.01f)
        {
            float error = 0, sum = 0, penalty = 1 / beta;
            foreach (float w in weights)
            {
                float q = Code(w, inverse, z, maxCode);
                float x = w - (q - z) * s;
                float distance = Math.Abs(x);
                error += distance;
                float kept = Math.Max(distance - Power(distance) * penalty, 0f);
                sum += q - (w - MathF.CopySign(kept, x)) * inverse;
            }

            if (!(error < bestError))
                break;
            (best, bestError) = (z, error);
            z = sum / weights.Length;
        }

        return best;
    }

    private static float Power(float x)
    {
        x = Math.Max(x, 1.17549435e-38f);
        int bits = BitConverter.SingleToInt32Bits(x), exponent = (bits - 0x3F3504F3) >> 23;
        float m = BitConverter.Int32BitsToSingle(bits - (exponent << 23)), t = (m - 1) / (m + 1), t2 = t * t;
        float series = 0.41219859f * t2 + 0.57707802f;
        series = series * t2 + 0.96179669f;
        series = series * t2 + 2.8853901f;
        float power = (exponent + series * t) * (float)(0.7 - 1);
        float n = MathF.Round(power, MidpointRounding.ToEven), f = power - n;
        float e = 1.5403530e-4f * f + 1.3333558e-3f;
        foreach (float coefficient in (ReadOnlySpan<float>)[9.6181291e-3f, 5.5504109e-2f, 0.24022651f, 0.69314718f, 1f])
            e = e * f + coefficient;
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(e) + ((int)n << 23));
    }
}
