using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Quantizes the values of one token: finds each group's range, then rounds. Every step is exact or rounded as in the scalar kernel.</summary>
internal static unsafe class ActivationQuantizer<TLanes, TFloat, TInt>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
{
    /// <summary>Writes codes, scales and sums of one token.</summary>
    public static void Quantize(float* values, in QuantizedActivations x, int token)
    {
        sbyte* codes = x.TokenCodes(token);
        float* scales = x.TokenScales(token);
        float* sums = x.TokenSums(token, ActivationBlock.SumGroup);
        int groupSize = x.Scheme.GroupSize == 0 ? x.Stride : x.Scheme.GroupSize;
        for (int first = 0; first < x.Stride; first += groupSize)
        {
            ActivationRange range = FindRange(values + first, groupSize, x.Scheme);
            for (int column = first; column < first + groupSize; column += ActivationBlock.SumGroup)
            {
                scales[column / ActivationBlock.SumGroup] = range.Scale;
                sums[column / ActivationBlock.SumGroup] = Round(values + column, codes + column, range);
            }
        }
        x.CompleteSums(token);
    }

    /// <summary>The range of a group. Numbers of one sign are ordered like their bits, and NaN lies beyond infinity.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    private static ActivationRange FindRange(float* values, int count, in ActivationScheme scheme)
    {
        TInt sign = TLanes.BroadcastInt(int.MinValue), positive = TLanes.BroadcastInt(0), negative = positive;
        for (int index = 0; index < count; index += TLanes.Count)
        {
            TInt bits = TLanes.LoadInt((byte*)(values + index));
            positive = TLanes.MaxInt(positive, bits);
            negative = TLanes.MaxInt(negative, TLanes.Xor(bits, sign));
        }
        return new ActivationRange(
            scheme, -BitConverter.Int32BitsToSingle(TLanes.LargestInt(negative)), BitConverter.Int32BitsToSingle(TLanes.LargestInt(positive)));
    }

    /// <summary>Writes 32 codes and returns their sum.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    private static int Round(float* values, sbyte* codes, in ActivationRange range)
    {
        TFloat inverse = TLanes.Broadcast(range.Inverse);
        TInt lowest = TLanes.BroadcastInt(range.Lowest), highest = TLanes.BroadcastInt(range.Highest), sum = TLanes.BroadcastInt(0);
        for (int index = 0; index < ActivationBlock.SumGroup; index += TLanes.Count)
        {
            TInt code = TLanes.Round(TLanes.Multiply(TLanes.Load(values + index), inverse));
            code = TLanes.MinInt(TLanes.MaxInt(code, lowest), highest);
            TLanes.StoreByte(code, codes + index);
            sum = TLanes.AddInt(sum, code);
        }
        return TLanes.SumInt(sum);
    }
}
