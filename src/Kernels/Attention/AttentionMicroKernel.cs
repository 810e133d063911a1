using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>The two products of attention for 64 positions, register-blocked: four rows times two registers, or one row times four.</summary>
/// <remarks>
/// Eight sums are enough chains to hide the latency of a multiply-add; two registers of keys or values and a broadcast fit the sixteen registers of AVX2. Where the registers of a row do not come out even, the last one
/// is computed twice and stored twice, with the same result.
/// </remarks>
internal static unsafe class AttentionMicroKernel<TLanes, TFloat, TInt, TElement>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TElement : IElement
{
    /// <summary>Positions whose scores are held together.</summary>
    public const int Positions = 64;

    /// <summary>scores[row, position] = Σ_d query[row, d] · key[position, d] for four rows.</summary>
    /// <param name="queries">The first row.</param>
    /// <param name="stride">Distance of two rows.</param>
    /// <param name="keys">Tiles of keys; strips are registers of positions counted from the first one's.</param>
    /// <param name="dimension">Elements of a key.</param>
    /// <param name="firstStrip">First strip.</param>
    /// <param name="endStrip">Strip after the last one.</param>
    /// <param name="scores">Receives rows of <see cref="Positions"/>.</param>
    [MethodImpl(CompileOptions.Kernel)]
    public static void ScoreFour(float* queries, int stride, byte* keys, int dimension, int firstStrip, int endStrip, float* scores)
    {
        float* q0 = queries, q1 = q0 + stride, q2 = q1 + stride, q3 = q2 + stride;
        for (int strip = firstStrip; strip < endStrip; strip += 2)
        {
            int other = Math.Min(strip + 1, endStrip - 1);
            byte* keyA = Strip(keys, dimension, strip), keyB = Strip(keys, dimension, other);
            TFloat a0 = TLanes.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
            for (int d = 0; d < dimension; d++, keyA += KeyValueBlock.TilePositions * TElement.Bytes, keyB += KeyValueBlock.TilePositions * TElement.Bytes)
            {
                TFloat a = Load(keyA), b = Load(keyB), q = TLanes.Broadcast(q0[d]);
                a0 = TLanes.MultiplyAdd(a, q, a0);
                b0 = TLanes.MultiplyAdd(b, q, b0);
                q = TLanes.Broadcast(q1[d]);
                a1 = TLanes.MultiplyAdd(a, q, a1);
                b1 = TLanes.MultiplyAdd(b, q, b1);
                q = TLanes.Broadcast(q2[d]);
                a2 = TLanes.MultiplyAdd(a, q, a2);
                b2 = TLanes.MultiplyAdd(b, q, b2);
                q = TLanes.Broadcast(q3[d]);
                a3 = TLanes.MultiplyAdd(a, q, a3);
                b3 = TLanes.MultiplyAdd(b, q, b3);
            }
            StoreTwo(a0, b0, scores, strip, other);
            StoreTwo(a1, b1, scores + Positions, strip, other);
            StoreTwo(a2, b2, scores + 2 * Positions, strip, other);
            StoreTwo(a3, b3, scores + 3 * Positions, strip, other);
        }
    }

    /// <summary><see cref="ScoreFour"/> for one row.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    public static void ScoreOne(float* query, byte* keys, int dimension, int firstStrip, int endStrip, float* scores)
    {
        for (int strip = firstStrip; strip < endStrip; strip += 4)
        {
            int strip1 = Math.Min(strip + 1, endStrip - 1), strip2 = Math.Min(strip + 2, endStrip - 1), strip3 = Math.Min(strip + 3, endStrip - 1);
            byte* key0 = Strip(keys, dimension, strip), key1 = Strip(keys, dimension, strip1), key2 = Strip(keys, dimension, strip2), key3 = Strip(keys, dimension, strip3);
            TFloat sum0 = TLanes.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
            nint offset = 0;
            for (int d = 0; d < dimension; d++, offset += KeyValueBlock.TilePositions * TElement.Bytes)
            {
                TFloat q = TLanes.Broadcast(query[d]);
                sum0 = TLanes.MultiplyAdd(Load(key0 + offset), q, sum0);
                sum1 = TLanes.MultiplyAdd(Load(key1 + offset), q, sum1);
                sum2 = TLanes.MultiplyAdd(Load(key2 + offset), q, sum2);
                sum3 = TLanes.MultiplyAdd(Load(key3 + offset), q, sum3);
            }
            StoreTwo(sum0, sum1, scores, strip, strip1);
            StoreTwo(sum2, sum3, scores, strip2, strip3);
        }
    }

    /// <summary>outputs[row, d] += Σ_position weight[row, position] · value[position, d] for four rows.</summary>
    /// <param name="weights">The first row's first weight; rows of <see cref="Positions"/>.</param>
    /// <param name="count">Positions.</param>
    /// <param name="values">The first position's value.</param>
    /// <param name="stride">Distance of two values, and of two outputs: whole registers.</param>
    /// <param name="outputs">The first row.</param>
    [MethodImpl(CompileOptions.Kernel)]
    public static void AddFour(float* weights, int count, byte* values, int stride, float* outputs)
    {
        nint step = (nint)stride * TElement.Bytes;
        for (int first = 0; first < stride; first += 2 * TLanes.Count)
        {
            int other = Math.Min(first + TLanes.Count, stride - TLanes.Count);
            byte* valueA = values + first * TElement.Bytes, valueB = values + other * TElement.Bytes;
            float* y0 = outputs, y1 = y0 + stride, y2 = y1 + stride, y3 = y2 + stride;
            TFloat a0 = TLanes.Load(y0 + first), a1 = TLanes.Load(y1 + first), a2 = TLanes.Load(y2 + first), a3 = TLanes.Load(y3 + first);
            TFloat b0 = TLanes.Load(y0 + other), b1 = TLanes.Load(y1 + other), b2 = TLanes.Load(y2 + other), b3 = TLanes.Load(y3 + other);
            for (int position = 0; position < count; position++, valueA += step, valueB += step)
            {
                TFloat a = Load(valueA), b = Load(valueB), weight = TLanes.Broadcast(weights[position]);
                a0 = TLanes.MultiplyAdd(a, weight, a0);
                b0 = TLanes.MultiplyAdd(b, weight, b0);
                weight = TLanes.Broadcast(weights[position + Positions]);
                a1 = TLanes.MultiplyAdd(a, weight, a1);
                b1 = TLanes.MultiplyAdd(b, weight, b1);
                weight = TLanes.Broadcast(weights[position + 2 * Positions]);
                a2 = TLanes.MultiplyAdd(a, weight, a2);
                b2 = TLanes.MultiplyAdd(b, weight, b2);
                weight = TLanes.Broadcast(weights[position + 3 * Positions]);
                a3 = TLanes.MultiplyAdd(a, weight, a3);
                b3 = TLanes.MultiplyAdd(b, weight, b3);
            }
            StoreOutputs(a0, b0, y0, first, other);
            StoreOutputs(a1, b1, y1, first, other);
            StoreOutputs(a2, b2, y2, first, other);
            StoreOutputs(a3, b3, y3, first, other);
        }
    }

    /// <summary><see cref="AddFour"/> for one row.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    public static void AddOne(float* weights, int count, byte* values, int stride, float* output)
    {
        int last = stride - TLanes.Count;
        for (int first = 0; first < stride; first += 4 * TLanes.Count)
        {
            int first1 = Math.Min(first + TLanes.Count, last), first2 = Math.Min(first + 2 * TLanes.Count, last), first3 = Math.Min(first + 3 * TLanes.Count, last);
            TFloat sum0 = TLanes.Load(output + first), sum1 = TLanes.Load(output + first1), sum2 = TLanes.Load(output + first2), sum3 = TLanes.Load(output + first3);
            byte* value = values;
            for (int position = 0; position < count; position++, value += stride * TElement.Bytes)
            {
                TFloat weight = TLanes.Broadcast(weights[position]);
                sum0 = TLanes.MultiplyAdd(Load(value + first * TElement.Bytes), weight, sum0);
                sum1 = TLanes.MultiplyAdd(Load(value + first1 * TElement.Bytes), weight, sum1);
                sum2 = TLanes.MultiplyAdd(Load(value + first2 * TElement.Bytes), weight, sum2);
                sum3 = TLanes.MultiplyAdd(Load(value + first3 * TElement.Bytes), weight, sum3);
            }
            StoreOutputs(sum0, sum1, output, first, first1);
            StoreOutputs(sum2, sum3, output, first2, first3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Load(byte* source) => TElement.Load<TLanes, TFloat, TInt>(source);

    // The first dimension of a register's positions.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Strip(byte* keys, int dimension, int strip)
    {
        int position = strip * TLanes.Count;
        nint element = (nint)(position / KeyValueBlock.TilePositions) * dimension * KeyValueBlock.TilePositions + position % KeyValueBlock.TilePositions;
        return keys + element * TElement.Bytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreTwo(TFloat a, TFloat b, float* scores, int stripA, int stripB)
    {
        TLanes.Store(a, scores + stripA * TLanes.Count);
        TLanes.Store(b, scores + stripB * TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOutputs(TFloat a, TFloat b, float* output, int firstA, int firstB)
    {
        TLanes.Store(a, output + firstA);
        TLanes.Store(b, output + firstB);
    }
}
