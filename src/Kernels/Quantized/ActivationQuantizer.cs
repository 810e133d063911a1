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
        int* sums = x.TokenSums(token);
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
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ActivationRange FindRange(float* values, int count, in ActivationScheme scheme)
    {
        TFloat low = TLanes.Zero, high = TLanes.Zero;
        for (int index = 0; index < count; index += TLanes.Count)
        {
            TFloat value = TLanes.Load(values + index);
            low = TLanes.Min(low, value);
            high = TLanes.Max(high, value);
        }
        float* lanes = stackalloc float[2 * PackedShape.TileRows];
        TLanes.Store(low, lanes);
        TLanes.Store(high, lanes + TLanes.Count);
        float smallest = 0, largest = 0;
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            smallest = MathF.Min(smallest, lanes[lane]);
            largest = MathF.Max(largest, lanes[TLanes.Count + lane]);
        }
        return new ActivationRange(scheme, smallest, largest);
    }

    /// <summary>Writes 32 codes and returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Round(float* values, sbyte* codes, in ActivationRange range)
    {
        TFloat inverse = TLanes.Broadcast(range.Inverse), lowest = TLanes.Broadcast(range.Lowest), highest = TLanes.Broadcast(range.Highest);
        TInt sum = TLanes.BroadcastInt(0);
        for (int index = 0; index < ActivationBlock.SumGroup; index += TLanes.Count)
        {
            // The limits are integers, so it makes no difference that rounding comes last.
            TInt code = TLanes.Round(TLanes.Min(TLanes.Max(TLanes.Multiply(TLanes.Load(values + index), inverse), lowest), highest));
            TLanes.StoreByte(code, codes + index);
            sum = TLanes.AddInt(sum, code);
        }
        return TLanes.SumInt(sum);
    }
}
