using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The slots of a thread group on tensor cores, and the result that each thread writes.</summary>
internal struct TensorSlots
{
    /// <summary>The input row of each slot, if <see cref="Indirect"/> is not 0.</summary>
    public ArrayView<int> InputRows;

    /// <summary>Whether <see cref="InputRows"/> counts; otherwise slots are rows.</summary>
    public int Indirect;

    /// <summary>The first slot.</summary>
    public int First;

    /// <summary>Slots, at most <see cref="TensorProduct.Tokens"/>.</summary>
    public int Count;

    /// <summary>The row of the thread's result.</summary>
    public static int Row => (Grid.IdxY * 16) + (Group.IdxX & 15);

    /// <summary>The slot of the thread's result, from <see cref="First"/> on.</summary>
    public static int Token => Group.IdxX >> 4;

    /// <summary>The slots of a group in a product of one matrix.</summary>
    /// <param name="anyIntegers">Integers that mean nothing.</param>
    /// <param name="shape">The product.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TensorSlots OfItem(ArrayView<int> anyIntegers, TensorProductShape shape)
    {
        int first = Grid.IdxX * TensorProduct.Tokens, rest = shape.Slots - first;
        return new TensorSlots { InputRows = anyIntegers, First = first, Count = rest < TensorProduct.Tokens ? rest : TensorProduct.Tokens };
    }

    /// <summary>The input row of a slot; that of the first one for slots that do not exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int InputRow(int token)
    {
        int slot = token < Count ? First + token : First;
        return Indirect != 0 ? InputRows[slot] : slot;
    }

    /// <summary>Whether the thread has a result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool HasResult(TensorProductShape shape) => Row < shape.Rows && Token < Count;

    /// <summary>Where the result belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly long Result(TensorProductShape shape) => ((long)(First + Token) * shape.Rows) + Row;
}
