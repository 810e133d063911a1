using System.Runtime.Intrinsics;

namespace MoEQuant.Kernels;

/// <summary>A batch of input vectors, one per token, as kernels read it. Made by <see cref="ActivationBuffer"/>.</summary>
/// <remarks>
/// Token t's values start at <see cref="Values"/> + t · <see cref="Stride"/>; those from <see cref="Columns"/> up to <see cref="Stride"/>
/// are zero, so kernels may read whole
/// groups and vectors. <see cref="GroupSums"/>[t · Stride / 32 + g] is the sum of the values 32g .. 32g + 31: with it the zero point of a
/// whole group costs one multiplication,
/// Σ (q − z)·s·x = s·(Σ q·x − z·Σ x).
/// </remarks>
public readonly unsafe struct ActivationBlock
{
    /// <summary>The values that share one entry of <see cref="GroupSums"/>.</summary>
    public const int SumGroup = 32;

    /// <summary>What <see cref="Stride"/> is a multiple of: the largest group size.</summary>
    public const int StrideUnit = 128;

    /// <summary>Names the memory of a batch.</summary>
    /// <param name="values">Count × stride values.</param>
    /// <param name="groupSums">Count × stride / 32 sums.</param>
    /// <param name="count">Tokens, at least 0.</param>
    /// <param name="columns">Values per token, at least 1.</param>
    /// <param name="stride">Distance of two tokens in values: a multiple of 128, at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentNullException">A pointer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public ActivationBlock(float* values, float* groupSums, int count, int columns, int stride)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(groupSums);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        if (stride % StrideUnit != 0)
            throw new ArgumentOutOfRangeException(nameof(stride), stride, $"The stride is {stride}; expected a multiple of {StrideUnit}.");
        Values = values;
        GroupSums = groupSums;
        Count = count;
        Columns = columns;
        Stride = stride;
    }

    private ActivationBlock(in ActivationBlock block, int* rows, int count)
    {
        this = block;
        Rows = rows;
        Count = count;
    }

    /// <summary>The first token's first value.</summary>
    public float* Values { get; }

    /// <summary>The first token's first sum.</summary>
    public float* GroupSums { get; }

    /// <summary>Tokens.</summary>
    public int Count { get; }

    /// <summary>Where in memory each token is, see <see cref="Select"/>; null where they follow each other.</summary>
    public int* Rows { get; }

    /// <summary>Values per token.</summary>
    public int Columns { get; }

    /// <summary>Distance of two tokens in values.</summary>
    public int Stride { get; }

    /// <summary>Some of the batch's tokens in any order, without a copy: those that one expert sees.</summary>
    /// <param name="rows">For each of them its place in this batch, 0..<see cref="Count"/> − 1, which is not checked; must stay as long as the selection is used.</param>
    /// <param name="count">How many, at least 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="rows"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The batch is a selection itself.</exception>
    public ActivationBlock Select(int* rows, int count)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Rows is null ? new ActivationBlock(this, rows, count) : throw new InvalidOperationException("The batch is a selection already.");
    }

    /// <summary>Computes the group sums of the tokens [firstToken, endToken) from their values.</summary>
    /// <param name="firstToken">First token.</param>
    /// <param name="endToken">Token after the last one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such tokens.</exception>
    public void ComputeGroupSums(int firstToken, int endToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstToken);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endToken, Count);
        for (int token = firstToken; token < endToken; token++)
            for (int group = 0; group < Stride / SumGroup; group++)
                TokenSums(token)[group] = Sum(Token(token) + group * SumGroup);
    }

    /// <summary>The values of one token.</summary>
    internal float* Token(int token) => Values + Row(token) * Stride;

    /// <summary>The group sums of one token.</summary>
    internal float* TokenSums(int token) => GroupSums + Row(token) * (Stride / SumGroup);

    private long Row(int token) => Rows is null ? token : Rows[token];

    // The order of the additions is fixed, so sums are the same on every machine.
    private static float Sum(float* group)
    {
        Vector128<float> sum = Vector128.Load(group);
        for (int index = 4; index < SumGroup; index += 4)
            sum += Vector128.Load(group + index);
        return (sum[0] + sum[2]) + (sum[1] + sum[3]);
    }
}
