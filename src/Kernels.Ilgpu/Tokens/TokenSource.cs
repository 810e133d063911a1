using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The tokens of one work item: which rows of the inputs they are.</summary>
/// <typeparam name="TElement">The type in which numbers are stored.</typeparam>
internal struct TokenSource<TElement>
    where TElement : unmanaged
{
    /// <summary>The inputs, row-major.</summary>
    public ArrayView<TElement> Values;

    /// <summary>The input row of each slot, if <see cref="Indirect"/> is not 0.</summary>
    public ArrayView<int> Rows;

    /// <summary>Whether <see cref="Rows"/> counts; otherwise slots are rows.</summary>
    public int Indirect;

    /// <summary>Numbers per row.</summary>
    public int Columns;

    /// <summary>The item's first slot.</summary>
    public int First;

    /// <summary>The item's slots.</summary>
    public int Count;

    /// <summary>One number, 0 where there is none.</summary>
    /// <param name="token">The slot, from the item's first on.</param>
    /// <param name="column">The column.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Read<TReader>(int token, int column)
        where TReader : struct, IElementReader<TElement>
    {
        if (token >= Count || column >= Columns)
            return 0;
        int slot = First + token;
        int row = Indirect != 0 ? Rows[slot] : slot;
        return default(TReader).ToSingle(Values[(long)row * Columns + column]);
    }
}
