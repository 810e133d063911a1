using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The entry points of products with packed matrices: a thread group for every work item (x) and every few tiles of rows (y).</summary>
internal static class PackedProductKernels<TCodes, TTile, TElement, TReader>
    where TCodes : struct, ITileCodes
    where TTile : struct, ITokenTile<TTile>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    /// <summary>Multiplies one matrix with all slots, <see cref="ITokenTile{TSelf}.Tokens"/> of them per work item.</summary>
    public static void Multiply(ArrayView<uint> words, ArrayView<MatrixLayout> layouts, ArrayView<TElement> x, ArrayView<float> latent, ArrayView<float> y, ProductShape shape)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(SharedTile.Length);
        TokenSource<TElement> tokens = Tokens(x, shape);
        PackedProductBody<TCodes, TTile, TElement, TReader>.Write(
            PackedProductBody<TCodes, TTile, TElement, TReader>.Sum(words, layouts[0], tokens, latent, 0, shape, shared), tokens, y, shape);
    }

    /// <summary>Multiplies two matrices of equal shape with all slots: y = silu(gate · x) · (up · x). The projections on the second compensator lie behind those on the first.</summary>
    public static void MultiplyGated(
        ArrayView<uint> gateWords,
        ArrayView<MatrixLayout> gateLayouts,
        ArrayView<uint> upWords,
        ArrayView<MatrixLayout> upLayouts,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ArrayView<float> y,
        ProductShape shape)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(SharedTile.Length);
        TokenSource<TElement> tokens = Tokens(x, shape);
        TTile gate = PackedProductBody<TCodes, TTile, TElement, TReader>.Sum(gateWords, gateLayouts[0], tokens, latent, 0, shape, shared);
        TTile up = PackedProductBody<TCodes, TTile, TElement, TReader>.Sum(upWords, upLayouts[0], tokens, latent, (long)shape.Slots * shape.LatentStride, shape, shared);
        PackedProductBody<TCodes, TTile, TElement, TReader>.WriteGated(gate, up, tokens, y, shape);
    }

    /// <summary>Multiplies every work item's slots with the matrix of its expert, if that one has these codes.</summary>
    public static void MultiplyExperts(
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ArrayView<float> y,
        ProductShape shape)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(SharedTile.Length);
        ExpertItem item = items[Grid.IdxX];
        MatrixLayout layout = layouts[item.Expert];
        // PoCL gets a return before a barrier wrong, even if all threads of a group take it: where nothing is to be done, they run through.
        TokenSource<TElement> tokens = Tokens(x, inputRows, item, layout.Bits == default(TCodes).Bits ? item.Count : 0, shape);
        PackedProductBody<TCodes, TTile, TElement, TReader>.Write(
            PackedProductBody<TCodes, TTile, TElement, TReader>.Sum(words, layout, tokens, latent, 0, shape, shared), tokens, y, shape);
    }

    /// <summary><see cref="MultiplyGated"/> for every work item's slots with the two matrices of its expert, all of which have these codes.</summary>
    public static void MultiplyGatedExperts(
        ArrayView<uint> gateWords,
        ArrayView<MatrixLayout> gateLayouts,
        ArrayView<uint> upWords,
        ArrayView<MatrixLayout> upLayouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ArrayView<float> y,
        ProductShape shape)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(SharedTile.Length);
        ExpertItem item = items[Grid.IdxX];
        TokenSource<TElement> tokens = Tokens(x, inputRows, item, item.Count, shape);
        TTile gate = PackedProductBody<TCodes, TTile, TElement, TReader>.Sum(gateWords, gateLayouts[item.Expert], tokens, latent, 0, shape, shared);
        TTile up = PackedProductBody<TCodes, TTile, TElement, TReader>.Sum(upWords, upLayouts[item.Expert], tokens, latent, (long)shape.Slots * shape.LatentStride, shape, shared);
        PackedProductBody<TCodes, TTile, TElement, TReader>.WriteGated(gate, up, tokens, y, shape);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TokenSource<TElement> Tokens(ArrayView<TElement> x, ProductShape shape)
    {
        int first = Grid.IdxX * default(TTile).Tokens, rest = shape.Slots - first;
        return new TokenSource<TElement>
        {
            Values = x,
            Columns = shape.Columns,
            First = first,
            Count = rest < default(TTile).Tokens ? rest : default(TTile).Tokens,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TokenSource<TElement> Tokens(ArrayView<TElement> x, ArrayView<int> inputRows, ExpertItem item, int count, ProductShape shape) => new()
    {
        Values = x,
        Rows = inputRows,
        Indirect = shape.Indirect,
        Columns = shape.Columns,
        First = item.First,
        Count = count,
    };
}
