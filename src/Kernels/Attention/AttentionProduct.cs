using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Adds a block of keys and values to the attention of some rows, 64 positions at a time: scores, weights, weighted values.</summary>
/// <remarks>
/// The scores of 64 positions wait on the stack (4 KiB); there is no larger matrix of them. A row's arithmetic does not depend on the other rows: scores are sums over the dimension in ascending order, whichever
/// micro-kernel computes them, and positions that a row does not see have weight exactly 0.
/// </remarks>
internal static unsafe class AttentionProduct<TLanes, TFloat, TInt, TElement>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TElement : IElement
{
    private const int Step = AttentionMicroKernel<TLanes, TFloat, TInt, TElement>.Positions;

    /// <summary>Adds the block.</summary>
    [SkipLocalsInit]
    public static void Add(in AttentionRows rows, in KeyValueBlock block)
    {
        byte* memory = stackalloc byte[AttentionRows.Most * Step * sizeof(float) + 64];
        float* scores = (float*)(((nuint)memory + 63) & ~(nuint)63);
        for (int first = 0; first < block.Count; first += Step)
        {
            // What any row sees of these positions.
            int low = Step, high = 0;
            for (int row = 0; row < rows.Count; row++)
            {
                (int rowLow, int rowHigh) = Visible(rows, row, first);
                if (rowLow < rowHigh)
                    (low, high) = (Math.Min(low, rowLow), Math.Max(high, rowHigh));
            }
            if (low >= high)
                continue;
            Score(rows, block, first, low, high, scores);
            for (int row = 0; row < rows.Count; row++)
            {
                (int rowLow, int rowHigh) = Visible(rows, row, first);
                Weigh(rows, row, scores + row * Step, rowLow, rowHigh);
            }
            AddValues(rows, block, first, low, high, scores);
        }
    }

    private static (int Low, int High) Visible(in AttentionRows rows, int row, int first) =>
        (Math.Clamp(rows.Firsts[row] - first, 0, Step), Math.Clamp(rows.Ends[row] - first, 0, Step));

    private static void Score(in AttentionRows rows, in KeyValueBlock block, int first, int low, int high, float* scores)
    {
        nint tileBytes = (nint)block.HeadDimension * KeyValueBlock.TilePositions * TElement.Bytes;
        byte* keys = block.Keys + first / KeyValueBlock.TilePositions * tileBytes;
        int firstStrip = low / TLanes.Count, endStrip = (high + TLanes.Count - 1) / TLanes.Count, row = 0;
        for (; row + 4 <= rows.Count; row += 4)
            AttentionMicroKernel<TLanes, TFloat, TInt, TElement>.ScoreFour(
                rows.Queries + row * rows.Stride, rows.Stride, keys, block.HeadDimension, firstStrip, endStrip, scores + row * Step);
        for (; row < rows.Count; row++)
            AttentionMicroKernel<TLanes, TFloat, TInt, TElement>.ScoreOne(
                rows.Queries + row * rows.Stride, keys, block.HeadDimension, firstStrip, endStrip, scores + row * Step);
    }

    /// <summary>Turns a row's scores into weights and brings what is known of the row to the new largest score.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    private static void Weigh(in AttentionRows rows, int row, float* scores, int low, int high)
    {
        if (low >= high)
        {
            new Span<float>(scores, Step).Clear();
            return;
        }
        for (int index = 0; index < low; index++)
            scores[index] = AttentionRows.NoScore;
        for (int index = high; index < Step; index++)
            scores[index] = AttentionRows.NoScore;
        TFloat largest = TLanes.Load(scores);
        for (int index = TLanes.Count; index < Step; index += TLanes.Count)
            largest = TLanes.Max(largest, TLanes.Load(scores + index));
        float before = rows.Maxima[row], maximum = MathF.Max(before, Largest(largest));
        TFloat shift = TLanes.Broadcast(-maximum);
        for (int index = 0; index < Step; index += TLanes.Count)
            TLanes.Store(Exponential.Of<TLanes, TFloat, TInt>(TLanes.Add(TLanes.Load(scores + index), shift)), scores + index);
        // The exponential is never quite 0.
        new Span<float>(scores, low).Clear();
        new Span<float>(scores + high, Step - high).Clear();
        TFloat sum = TLanes.Zero;
        for (int index = 0; index < Step; index += TLanes.Count)
            sum = TLanes.Add(sum, TLanes.Load(scores + index));
        float factor = before == maximum ? 1 : MathF.Exp(before - maximum);
        rows.Maxima[row] = maximum;
        rows.Sums[row] = rows.Sums[row] * factor + TLanes.Sum(sum);
        if (factor != 1)
            Scale(rows.Outputs + row * rows.Stride, rows.Stride, factor);
    }

    private static float Largest(TFloat value)
    {
        float* lanes = stackalloc float[PackedShape.TileRows];
        TLanes.Store(value, lanes);
        float largest = lanes[0];
        for (int lane = 1; lane < TLanes.Count; lane++)
            largest = MathF.Max(largest, lanes[lane]);
        return largest;
    }

    [MethodImpl(CompileOptions.Kernel)]
    private static void Scale(float* values, int count, float factor)
    {
        TFloat scale = TLanes.Broadcast(factor);
        for (int index = 0; index < count; index += TLanes.Count)
            TLanes.Store(TLanes.Multiply(TLanes.Load(values + index), scale), values + index);
    }

    private static void AddValues(in AttentionRows rows, in KeyValueBlock block, int first, int low, int high, float* weights)
    {
        byte* values = block.Values + (nint)(first + low) * block.Stride * TElement.Bytes;
        int row = 0;
        for (; row + 4 <= rows.Count; row += 4)
            AttentionMicroKernel<TLanes, TFloat, TInt, TElement>.AddFour(weights + row * Step + low, high - low, values, block.Stride, rows.Outputs + row * rows.Stride);
        for (; row < rows.Count; row++)
            AttentionMicroKernel<TLanes, TFloat, TInt, TElement>.AddOne(weights + row * Step + low, high - low, values, block.Stride, rows.Outputs + row * rows.Stride);
    }
}
