using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Multiplies a quantized matrix with one token: decoding is the work, so codes go straight from registers into
/// multiply-adds.</summary>
/// <remarks>
/// <para>
/// Lanes are rows. For four columns at a time one register holds the codes of a strip, one column per byte; each column's codes become
/// numbers (<see cref="ILanes{TFloat, TInt}.Centred"/>)
/// and are multiplied with that column's activation, broadcast to all lanes. Padding needs no care: activations beyond the last column are
/// zero, rows beyond the last have scale zero.
/// </para>
/// <para>
/// Order of the sums, the same as in <see cref="PackedMatrixProduct{TLanes, TFloat, TInt, TCodes}"/> so that a token's result is the same
/// to the last bit in a batch of one and of many:
/// within a group the even and the odd columns are summed apart, each in ascending order, then added; groups follow in ascending order. Two
/// strips at a time make four independent
/// chains of multiply-adds, enough to hide their latency behind decoding.
/// </para>
/// <para>Scalar equivalence: per row y = Σ_groups s·(Σ (q − c)·x − (z − c)·Σ x) with c = 2^(bits − 1), which is Σ (q − z)·s·x with smaller
/// intermediate sums.</para>
/// </remarks>
internal static unsafe class PackedVectorProduct<TLanes, TFloat, TInt, TCodes>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TCodes : ICodes
{
    /// <summary>y[n] for the rows n of some strips.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    public static void Multiply(in PackedMatrix w, float* x, float* sums, int firstStrip, int endStrip, float* y)
    {
        PackedShape shape = w.Shape;
        int groupSize = shape.GroupSize, groupCount = shape.GroupCount, blockBytes = shape.BlockBytes, codeBytes = shape.CodeBytes;
        TFloat table = TLanes.Table(TCodes.Bits);
        for (int index = firstStrip; index < endStrip; index += 2)
        {
            // The last strip of an odd number is computed twice; the second result is the same and is not stored.
            Strip stripA = new(w, index, TLanes.Count), stripB = new(w, Math.Min(index + 1, endStrip - 1), TLanes.Count);
            byte* codesA = stripA.Codes, codesB = stripB.Codes;
            byte* scalesA = stripA.Scales(codeBytes), scalesB = stripB.Scales(codeBytes);
            TFloat sumA = TLanes.Zero, sumB = TLanes.Zero;
            float* groupX = x;
            float* groupSums = sums;
            for (int group = 0; group < groupCount; group++)
            {
                TFloat evenA = TLanes.Zero, oddA = TLanes.Zero, evenB = TLanes.Zero, oddB = TLanes.Zero;
                if (index % (PackedShape.TileRows / TLanes.Count) == 0)
                    ReadAhead<TLanes, TFloat, TInt>.Follow(codesA, codesB, blockBytes);
                for (int part = 0; part < groupSize / 16; part++)
                {
                    TCodes.Read16<TLanes, TFloat, TInt>(codesA, part, out TInt a0, out TInt a1, out TInt a2, out TInt a3);
                    TCodes.Read16<TLanes, TFloat, TInt>(codesB, part, out TInt b0, out TInt b1, out TInt b2, out TInt b3);
                    float* partX = groupX + part * 16;
                    AddFour(a0, b0, partX, table, ref evenA, ref oddA, ref evenB, ref oddB);
                    AddFour(a1, b1, partX + 4, table, ref evenA, ref oddA, ref evenB, ref oddB);
                    AddFour(a2, b2, partX + 8, table, ref evenA, ref oddA, ref evenB, ref oddB);
                    AddFour(a3, b3, partX + 12, table, ref evenA, ref oddA, ref evenB, ref oddB);
                }
                TFloat groupSum = TLanes.Broadcast(GroupParameters.GroupSum(groupSums, groupSize));
                sumA = AddGroup(sumA, TLanes.Add(evenA, oddA), groupSum, scalesA, shape.Symmetric);
                sumB = AddGroup(sumB, TLanes.Add(evenB, oddB), groupSum, scalesB, shape.Symmetric);
                codesA += blockBytes;
                codesB += blockBytes;
                scalesA += blockBytes;
                scalesB += blockBytes;
                groupX += groupSize;
                groupSums += groupSize / ActivationBlock.SumGroup;
            }
            RowStore<TLanes, TFloat, TInt>.Store(sumA, y, stripA.FirstRow, shape.Rows);
            if (index + 1 < endStrip)
                RowStore<TLanes, TFloat, TInt>.Store(sumB, y, stripB.FirstRow, shape.Rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(TInt a, TInt b, float* x, TFloat table, ref TFloat evenA, ref TFloat oddA, ref TFloat evenB, ref TFloat oddB)
    {
        a = TLanes.Prepare(a, TCodes.Bits);
        b = TLanes.Prepare(b, TCodes.Bits);
        TFloat value = TLanes.Broadcast(x[0]);
        evenA = TLanes.MultiplyAdd(TLanes.Centred(a, TCodes.Bits, 0, table), value, evenA);
        evenB = TLanes.MultiplyAdd(TLanes.Centred(b, TCodes.Bits, 0, table), value, evenB);
        value = TLanes.Broadcast(x[1]);
        oddA = TLanes.MultiplyAdd(TLanes.Centred(a, TCodes.Bits, 1, table), value, oddA);
        oddB = TLanes.MultiplyAdd(TLanes.Centred(b, TCodes.Bits, 1, table), value, oddB);
        value = TLanes.Broadcast(x[2]);
        evenA = TLanes.MultiplyAdd(TLanes.Centred(a, TCodes.Bits, 2, table), value, evenA);
        evenB = TLanes.MultiplyAdd(TLanes.Centred(b, TCodes.Bits, 2, table), value, evenB);
        value = TLanes.Broadcast(x[3]);
        oddA = TLanes.MultiplyAdd(TLanes.Centred(a, TCodes.Bits, 3, table), value, oddA);
        oddB = TLanes.MultiplyAdd(TLanes.Centred(b, TCodes.Bits, 3, table), value, oddB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat AddGroup(TFloat sum, TFloat dot, TFloat groupSum, byte* scales, bool symmetric)
    {
        TFloat scale = HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scales);
        TFloat shift = GroupParameters.Shift<TLanes, TFloat, TInt>(scales, symmetric, TCodes.Bits);
        return TLanes.MultiplyAdd(scale, TLanes.SubtractProduct(dot, shift, groupSum), sum);
    }
}
