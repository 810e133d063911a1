namespace MoEQuant.Kernels;

/// <summary>Every operation as its definition says, one number at a time. What runs where nothing better does, and what the vector kernels
/// are read against.</summary>
internal sealed unsafe class ScalarKernel : MatrixKernel
{
    /// <inheritdoc/>
    public override string Name => "Scalar";

    private protected override void MultiplyCore(in PackedMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride)
    {
        int endRow = (int)Math.Min((long)endTile * PackedShape.TileRows, w.Shape.Rows);
        for (int row = firstTile * PackedShape.TileRows; row < endRow; row++)
            for (int token = 0; token < x.Count; token++)
                y[token * yStride + row] = RowProduct(w, row, x.Token(token), x.TokenSums(token));
    }

    private protected override void QuantizeCore(float* values, in QuantizedActivations quantized, int token) =>
        ScalarQuantizer.Quantize(values, quantized, token);

    private protected override void MultiplyCore(in PackedMatrix w, in QuantizedActivations x, in LowRankExpansion expansion, int firstTile, int endTile, float* y, nint yStride)
    {
        int endRow = (int)Math.Min((long)endTile * PackedShape.TileRows, w.Shape.Rows);
        for (int row = firstTile * PackedShape.TileRows; row < endRow; row++)
            for (int token = 0; token < x.Count; token++)
                y[token * yStride + row] = RowProduct(w, row, x, token);
        if (!expansion.IsNone)
            AddExpandedCore(expansion.Factor, expansion.Latent, expansion.LatentStride, x.Count, firstTile, endTile, y, yStride);
    }

    private protected override void MultiplyCore(in DenseMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride)
    {
        int endRow = (int)Math.Min((long)endTile * PackedShape.TileRows, w.Rows);
        for (int row = firstTile * PackedShape.TileRows; row < endRow; row++)
            for (int token = 0; token < x.Count; token++)
            {
                float sum = 0;
                for (int column = 0; column < w.Columns; column++)
                    sum += DenseElement.Read(w.Row(row), w.Type, column) * x.Token(token)[column];
                y[token * yStride + row] = sum;
            }
    }

    private protected override void ProjectCore(in LowRankFactor v, in ActivationBlock x, int firstRank, int endRank, float* latent, nint latentStride)
    {
        for (int rank = firstRank; rank < endRank; rank++)
            for (int token = 0; token < x.Count; token++)
            {
                float* values = x.Token(token);
                float sum = 0;
                for (int group = 0; group < v.Shape.GroupCount; group++)
                {
                    int first = group * FactorShape.GroupSize;
                    int end = Math.Min(first + FactorShape.GroupSize, v.Shape.Length);
                    float dot = 0;
                    for (int column = first; column < end; column++)
                        dot += FactorValue(v, rank, column) * values[column];
                    sum += FactorScale(v, rank, group) * dot;
                }
                latent[token * latentStride + rank] = sum;
            }
    }

    private protected override void AddExpandedCore(
        in LowRankFactor u, float* latent, nint latentStride, int tokenCount, int firstTile, int endTile, float* y, nint yStride)
    {
        int endRow = (int)Math.Min((long)endTile * PackedShape.TileRows, u.Shape.Length);
        for (int row = firstTile * PackedShape.TileRows; row < endRow; row++)
            for (int token = 0; token < tokenCount; token++)
            {
                float sum = 0;
                for (int rank = 0; rank < u.Shape.Rank; rank++)
                    sum += FactorValue(u, rank, row) * (FactorScale(u, rank, row / FactorShape.GroupSize) * latent[token * latentStride + rank]);
                y[token * yStride + row] += sum;
            }
    }

    private protected override void AttendCore(in AttentionRows rows, in KeyValueBlock block)
    {
        for (int row = 0; row < rows.Count; row++)
            ScalarAttention.Add(rows, row, block);
    }

    private static float RowProduct(in PackedMatrix w, int row, float* x, float* sums)
    {
        PackedShape shape = w.Shape;
        int tileRow = row % PackedShape.TileRows;
        int sumsPerGroup = shape.GroupSize / ActivationBlock.SumGroup;
        byte* tile = w.Data + row / PackedShape.TileRows * shape.TileBytes;
        float product = 0;
        for (int group = 0; group < shape.GroupCount; group++)
        {
            ReadOnlySpan<byte> block = new(tile + (long)group * shape.BlockBytes, shape.BlockBytes);
            float scale = (float)BitConverter.ToHalf(block[(shape.CodeBytes + tileRow * 2)..]);
            float zero = shape.Symmetric ? shape.CodeCentre : (float)BitConverter.ToHalf(block[(shape.CodeBytes + (PackedShape.TileRows + tileRow) * 2)..]);

            float groupSum = 0;
            for (int index = 0; index < sumsPerGroup; index++)
                groupSum += sums[group * sumsPerGroup + index];
            float dot = 0;
            for (int column = 0; column < shape.GroupSize; column++)
                dot += TileCodes.Read(block, shape.Bits, tileRow, column) * x[group * shape.GroupSize + column];
            product += scale * (dot - zero * groupSum);
        }
        return product;
    }

    private static float RowProduct(in PackedMatrix w, int row, in QuantizedActivations x, int token)
    {
        PackedShape shape = w.Shape;
        int tileRow = row % PackedShape.TileRows;
        byte* tile = w.Data + row / PackedShape.TileRows * shape.TileBytes;
        float product = 0;
        for (int group = 0; group < shape.GroupCount; group++)
        {
            ReadOnlySpan<byte> block = new(tile + (long)group * shape.BlockBytes, shape.BlockBytes);
            float scale = (float)BitConverter.ToHalf(block[(shape.CodeBytes + tileRow * 2)..]);
            float zero = shape.Symmetric ? shape.CodeCentre : (float)BitConverter.ToHalf(block[(shape.CodeBytes + (PackedShape.TileRows + tileRow) * 2)..]);
            sbyte* codes = x.TokenCodes(token) + group * shape.GroupSize;
            int dot = 0, sum = 0;
            for (int column = 0; column < shape.GroupSize; column++)
            {
                dot += TileCodes.Read(block, shape.Bits, tileRow, column) * codes[column];
                sum += codes[column];
            }
            // The vector kernels round in exactly this order (CodeProducts.AddGroup).
            float shifted = MathF.FusedMultiplyAdd(-zero, sum, dot);
            product = MathF.FusedMultiplyAdd(scale * x.TokenScales(token)[group * shape.GroupSize / ActivationBlock.SumGroup], shifted, product);
        }
        return product;
    }

    private static float FactorValue(in LowRankFactor factor, int rank, int index)
    {
        FactorShape shape = factor.Shape;
        byte* group = factor.Data + rank * shape.RowBytes + index / FactorShape.GroupSize * shape.GroupBytes;
        return FactorCodes.Read(new ReadOnlySpan<byte>(group, shape.GroupBytes), shape.Bits, index % FactorShape.GroupSize);
    }

    private static float FactorScale(in LowRankFactor factor, int rank, int group)
    {
        byte* scale = factor.Data + factor.Shape.ScaleOffset + ((long)rank * factor.Shape.GroupCount + group) * 2;
        return (float)BitConverter.ToHalf(new ReadOnlySpan<byte>(scale, 2));
    }
}
