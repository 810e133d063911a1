namespace MoEQuant.Kernels;

/// <summary>Exact integer dot products of four codes and four activations per 32-bit lane: where instruction sets differ most.</summary>
/// <remarks>
/// Products are added up in whatever form the instruction set likes (16-bit pairs, 32-bit lanes); <see cref="Total"/> makes numbers of it.
/// Activations are any signed byte. Where sums have 16 bits, a pair of products with codes of at most 15 is at most 2 · 15 · 128 = 3840 in magnitude and
/// eight of them, 30,720, fit; with codes of at most 7 sixteen do. A sum takes at most <see cref="MostAdditions"/> before it is totalled, and nothing ever
/// saturates. Every implementation therefore gives the same integers.
/// </remarks>
/// <typeparam name="TInt">Register of 32-bit integer lanes.</typeparam>
internal interface IDots<TInt>
    where TInt : struct
{
    /// <summary>How often products may be added to a sum that began with zeros, each time those of four columns; a multiple of 8, at most a whole group of 128 columns.</summary>
    /// <param name="bits">Bits of a code; of eight bits one nibble at a time is multiplied.</param>
    static abstract int MostAdditions(int bits);

    /// <summary>sum + code · x for the four bytes of every lane, not yet added up.</summary>
    /// <param name="sum">What was added so far; zeros at first.</param>
    /// <param name="codes">Unsigned bytes 0..15.</param>
    /// <param name="x">Signed bytes.</param>
    static abstract TInt AddProducts(TInt sum, TInt codes, TInt x);

    /// <summary>The sum of all products of every lane.</summary>
    static abstract TInt Total(TInt sum);
}
