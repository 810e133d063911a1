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
        int first = Grid.IdxX * default(TTile).Tokens, rest = shape.Slots - first;
        TokenSource<TElement> tokens = new()
        {
            Values = x,
            Columns = shape.Columns,
            First = first,
            Count = rest < default(TTile).Tokens ? rest : default(TTile).Tokens,
        };
        PackedProductBody<TCodes, TTile, TElement, TReader>.Run(words, layouts[0], tokens, latent, y, shape, shared);
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
        TokenSource<TElement> tokens = new()
        {
            Values = x,
            Rows = inputRows,
            Indirect = shape.Indirect,
            Columns = shape.Columns,
            First = item.First,
            // PoCL gets a return before a barrier wrong, even if all threads of a group take it: where nothing is to be done, they run through.
            Count = layout.Bits == default(TCodes).Bits ? item.Count : 0,
        };
        PackedProductBody<TCodes, TTile, TElement, TReader>.Run(words, layout, tokens, latent, y, shape, shared);
    }
}
