namespace MoEQuant.Kernels;

/// <summary>The kernel of one instruction set: chooses the product for a format and a batch size.</summary>
/// <param name="name">The instruction set's name.</param>
internal sealed unsafe class LaneKernel<TLanes, TFloat, TInt, TDots>(string name) : MatrixKernel
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TDots : IDots<TInt>
{
    /// <summary>From so many tokens on it pays to decode weights into a panel first. Measured (docs/decisions/0022); results are the same either way.</summary>
    private const int SmallestBatch = 6;

    private static int StripsPerTile => PackedShape.TileRows / TLanes.Count;

    /// <inheritdoc/>
    public override string Name => name;

    private protected override void MultiplyCore(in PackedMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride)
    {
        switch (w.Shape.Bits)
        {
            case 3:
                MultiplyPacked<Codes3>(w, x, firstTile, endTile, y, yStride);
                break;
            case 4:
                MultiplyPacked<Codes4>(w, x, firstTile, endTile, y, yStride);
                break;
            default:
                MultiplyPacked<Codes8>(w, x, firstTile, endTile, y, yStride);
                break;
        }
    }

    private protected override void QuantizeCore(float* values, in QuantizedActivations quantized, int token) =>
        ActivationQuantizer<TLanes, TFloat, TInt>.Quantize(values, quantized, token);

    private protected override void MultiplyCore(in PackedMatrix w, in QuantizedActivations x, in LowRankExpansion expansion, int firstTile, int endTile, float* y, nint yStride)
    {
        switch (w.Shape.Bits)
        {
            case 3:
                MultiplyQuantized<Codes3>(w, x, expansion, firstTile, endTile, y, yStride);
                break;
            case 4:
                MultiplyQuantized<Codes4>(w, x, expansion, firstTile, endTile, y, yStride);
                break;
            default:
                MultiplyQuantized<Codes8>(w, x, expansion, firstTile, endTile, y, yStride);
                break;
        }
    }

    private protected override void MultiplyCore(in DenseMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride)
    {
        int firstRow = firstTile * PackedShape.TileRows, endRow = (int)Math.Min((long)endTile * PackedShape.TileRows, w.Rows);
        switch (w.Type)
        {
            case DenseType.F32:
                MultiplyRows(new F32Rows(w), x, firstRow, endRow, y, yStride);
                break;
            case DenseType.BF16:
                MultiplyRows(new BF16Rows(w), x, firstRow, endRow, y, yStride);
                break;
            default:
                MultiplyRows(new F16Rows(w), x, firstRow, endRow, y, yStride);
                break;
        }
    }

    private protected override void ProjectCore(in LowRankFactor v, in ActivationBlock x, int firstRank, int endRank, float* latent, nint latentStride)
    {
        if (v.Shape.Bits == 8)
            MultiplyRows(new Factor8Rows(v), x, firstRank, endRank, latent, latentStride);
        else
            MultiplyRows(new Factor3Rows(v), x, firstRank, endRank, latent, latentStride);
    }

    private protected override void AddExpandedCore(
        in LowRankFactor u, float* latent, nint latentStride, int tokenCount, int firstTile, int endTile, float* y, nint yStride)
    {
        // Strips that lie wholly beyond the last row need not even be computed.
        int rowStrips = (int)(((long)u.Shape.Length + TLanes.Count - 1) / TLanes.Count);
        int firstStrip = firstTile * StripsPerTile, endStrip = (int)Math.Min((long)endTile * StripsPerTile, rowStrips);
        if (u.Shape.Bits == 8)
            AddExpanded(new Factor8Rows(u), u.Shape, latent, latentStride, tokenCount, firstStrip, endStrip, y, yStride);
        else
            AddExpanded(new Factor3Rows(u), u.Shape, latent, latentStride, tokenCount, firstStrip, endStrip, y, yStride);
    }

    private protected override void AnnounceCore(in LowRankExpansion expansion, int tokenCount, int firstTile, int endTile)
    {
        // With many tokens the expansion is a small part, and what it reads stays in the cache.
        if (expansion.IsNone || tokenCount >= SmallestBatch)
            return;
        LowRankFactor u = expansion.Factor;
        FactorShape shape = u.Shape;
        int firstGroup = firstTile * PackedShape.TileRows / FactorShape.GroupSize;
        int endGroup = (endTile * PackedShape.TileRows + FactorShape.GroupSize - 1) / FactorShape.GroupSize;
        for (int rank = 0; rank < shape.Rank; rank++)
        {
            byte* codes = u.Data + rank * shape.RowBytes, scales = u.Data + shape.ScaleOffset + 2L * rank * shape.GroupCount;
            ReadAhead<TLanes, TFloat, TInt>.Announce(codes + (long)firstGroup * shape.GroupBytes, (long)(endGroup - firstGroup) * shape.GroupBytes);
            ReadAhead<TLanes, TFloat, TInt>.Announce(scales + 2L * firstGroup, 2L * (endGroup - firstGroup));
        }
    }

    private protected override void AttendCore(in AttentionRows rows, in KeyValueBlock block)
    {
        if (block.Type == DenseType.F32)
            AttentionProduct<TLanes, TFloat, TInt, F32Element>.Add(rows, block);
        else
            AttentionProduct<TLanes, TFloat, TInt, BF16Element>.Add(rows, block);
    }

    private static void AddExpanded<TRows>(
        TRows rows, in FactorShape shape, float* latent, nint latentStride, int tokenCount, int firstStrip, int endStrip, float* y, nint yStride)
        where TRows : struct, IRows
    {
        if (tokenCount >= SmallestBatch)
        {
            FactorExpansion<TLanes, TFloat, TInt, TRows>.AddMatrix(rows, shape, latent, latentStride, tokenCount, firstStrip, endStrip, y, yStride);
            return;
        }
        for (int token = 0; token < tokenCount; token++)
            FactorExpansion<TLanes, TFloat, TInt, TRows>.AddVector(
                rows, shape, latent + token * latentStride, firstStrip, endStrip, y + token * yStride);
    }

    private static void MultiplyPacked<TCodes>(in PackedMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride)
        where TCodes : ICodes
    {
        int firstStrip = firstTile * StripsPerTile, endStrip = endTile * StripsPerTile;
        if (x.Count >= SmallestBatch)
        {
            PackedMatrixProduct<TLanes, TFloat, TInt, TCodes>.Multiply(w, x, firstStrip, endStrip, y, yStride);
            return;
        }
        for (int token = 0; token < x.Count; token++)
            PackedVectorProduct<TLanes, TFloat, TInt, TCodes>.Multiply(
                w, x.Token(token), x.TokenSums(token), firstStrip, endStrip, y + token * yStride);
    }

    private void MultiplyQuantized<TCodes>(in PackedMatrix w, in QuantizedActivations x, in LowRankExpansion expansion, int firstTile, int endTile, float* y, nint yStride)
        where TCodes : ICodes
    {
        int firstStrip = firstTile * StripsPerTile, endStrip = endTile * StripsPerTile;
        if (x.Count >= SmallestBatch)
        {
            QuantizedMatrixProduct<TLanes, TFloat, TInt, TDots, TCodes>.Multiply(w, x, expansion, firstStrip, endStrip, y, yStride);
            return;
        }
        AnnounceCore(expansion, x.Count, firstTile, endTile);
        for (int token = 0; token < x.Count; token++)
            QuantizedVectorProduct<TLanes, TFloat, TInt, TDots, TCodes>.Multiply(w, x, token, firstStrip, endStrip, y + token * yStride);
        if (!expansion.IsNone)
            AddExpandedCore(expansion.Factor, expansion.Latent, expansion.LatentStride, x.Count, firstTile, endTile, y, yStride);
    }

    private static void MultiplyRows<TRows>(TRows rows, in ActivationBlock x, int firstRow, int endRow, float* y, nint yStride)
        where TRows : struct, IRows
    {
        if (x.Count >= SmallestBatch)
            RowsMatrixProduct<TLanes, TFloat, TInt, TRows>.Multiply(rows, x, firstRow, endRow, y, yStride);
        else
            RowsVectorProduct<TLanes, TFloat, TInt, TRows>.Multiply(rows, x, firstRow, endRow, y, yStride);
    }
}
