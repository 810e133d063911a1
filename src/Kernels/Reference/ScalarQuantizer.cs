namespace MoEQuant.Kernels;

/// <summary>Quantizes activations as <see cref="ActivationScheme"/> says, one number at a time.</summary>
internal static unsafe class ScalarQuantizer
{
    /// <summary>Writes codes, scales and sums of one token.</summary>
    public static void Quantize(float* values, in QuantizedActivations x, int token)
    {
        int groupSize = x.Scheme.GroupSize == 0 ? x.Stride : x.Scheme.GroupSize;
        for (int first = 0; first < x.Stride; first += groupSize)
        {
            float low = 0, high = 0;
            for (int column = first; column < first + groupSize; column++)
            {
                low = MathF.Min(low, values[column]);
                high = MathF.Max(high, values[column]);
            }
            ActivationRange range = new(x.Scheme, low, high);
            for (int column = first; column < first + groupSize; column += ActivationBlock.SumGroup)
            {
                int sum = 0;
                for (int index = column; index < column + ActivationBlock.SumGroup; index++)
                {
                    int code = Math.Clamp((int)MathF.Round(values[index] * range.Inverse), range.Lowest, range.Highest);
                    x.TokenCodes(token)[index] = (sbyte)code;
                    sum += code;
                }
                x.TokenScales(token)[column / ActivationBlock.SumGroup] = range.Scale;
                x.TokenSums(token, ActivationBlock.SumGroup)[column / ActivationBlock.SumGroup] = sum;
            }
        }
        x.CompleteSums(token);
    }
}
