namespace MoEQuant.Kernels;

/// <summary>Queries that share a head's keys and values, and what is known of their attention so far, in memory that someone else owns.</summary>
/// <remarks>
/// Softmax is computed online (Milakov and Gimelshein, arXiv 1805.02867; in blocks as in FlashAttention, arXiv 2205.14135): a row keeps the largest score m, the sum of exp(score − m) and the values weighted with
/// exp(score − m). The attention is outputs / sums after the last block. <see cref="Reset"/> comes before the first.
/// </remarks>
public readonly unsafe struct AttentionRows
{
    /// <summary>The most rows.</summary>
    public const int Most = 16;

    /// <summary>What the largest score is before there is any.</summary>
    internal const float NoScore = -1e30f;

    /// <summary>Names the memory of rows.</summary>
    /// <param name="memory"><see cref="RequiredBytes"/> bytes, 4-byte aligned; 64-byte alignment is fastest.</param>
    /// <param name="count">Rows, 0 to <see cref="Most"/>.</param>
    /// <param name="headDimension">Elements of a query, at least 1.</param>
    /// <exception cref="ArgumentNullException"><paramref name="memory"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public AttentionRows(byte* memory, int count, int headDimension)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        ArgumentOutOfRangeException.ThrowIfLessThan(headDimension, 1);
        Count = count;
        HeadDimension = headDimension;
        Stride = KeyValueBlock.StrideFor(headDimension);
        Queries = (float*)memory;
        Outputs = Queries + Most * Stride;
        Maxima = Outputs + Most * Stride;
        Sums = Maxima + Most;
        Firsts = (int*)(Sums + Most);
        Ends = Firsts + Most;
    }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Elements of a query.</summary>
    public int HeadDimension { get; }

    /// <summary>Distance of two rows in <see cref="Queries"/> and <see cref="Outputs"/>.</summary>
    public int Stride { get; }

    /// <summary>Queries times the scale of the scores.</summary>
    public float* Queries { get; }

    /// <summary>Weighted values so far.</summary>
    public float* Outputs { get; }

    /// <summary>Largest scores so far.</summary>
    public float* Maxima { get; }

    /// <summary>Sums of weights so far.</summary>
    public float* Sums { get; }

    /// <summary>The first position of the next block that a row sees.</summary>
    public int* Firsts { get; }

    /// <summary>The position after the last one of the next block that a row sees; not beyond the block.</summary>
    public int* Ends { get; }

    /// <summary>Bytes that rows need.</summary>
    public static int RequiredBytes(int headDimension) => Most * (2 * KeyValueBlock.StrideFor(headDimension) + 4) * sizeof(float);

    /// <summary>Forgets all blocks.</summary>
    public void Reset()
    {
        new Span<float>(Outputs, Count * Stride).Clear();
        for (int row = 0; row < Count; row++)
            Maxima[row] = NoScore;
        new Span<float>(Sums, Count).Clear();
    }
}
