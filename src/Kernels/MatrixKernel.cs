namespace MoEQuant.Kernels;

/// <summary>The matrix products of a model for one instruction set. Instances are stateless and thread-safe; see
/// <see cref="KernelCatalog"/>.</summary>
/// <remarks>
/// <para>
/// Every operation takes a range of output tiles (16 rows each) or of ranks, so that callers spread one product, or the products of several
/// experts, over threads
/// as they like. A result does not depend on how the range is split. Nothing is allocated. Outputs outside the range, and rows beyond the
/// matrix in its last tile, are never written.
/// </para>
/// <para>Sums are kept in single precision. With G values per group the quantized product is y = Σ_groups s·(Σ q·x − z·Σ x).</para>
/// </remarks>
public abstract unsafe class MatrixKernel
{
    /// <summary>Only this assembly has kernels: <see cref="KernelCatalog"/> must know them all.</summary>
    private protected MatrixKernel()
    {
    }

    /// <summary>The instruction set: Scalar, Vector128, ArmDp, Avx2, AvxVnni or Avx512.</summary>
    public abstract string Name { get; }

    /// <summary>Multiplies a quantized matrix: y[t · yStride + n] = Σ_k ŵ[n, k] · x[t, k] for the rows n of the tiles.</summary>
    /// <param name="w">The matrix [N, K].</param>
    /// <param name="x">The tokens [T, K].</param>
    /// <param name="firstTile">First tile of 16 rows.</param>
    /// <param name="endTile">Tile after the last one; at most the matrix's TileCount.</param>
    /// <param name="y">The first token's result for row 0.</param>
    /// <param name="yStride">Distance of two tokens' results in values, at least N when there are several tokens.</param>
    /// <exception cref="ArgumentException">Widths differ, or a range or stride does not fit.</exception>
    public void Multiply(in PackedMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride)
    {
        RequireMatching(w.Shape.Columns, x.Columns);
        RequireRange(firstTile, endTile, w.Shape.TileCount);
        RequireOutput(y, yStride, x.Count, w.Shape.Rows);
        if (x.Count > 0 && firstTile < endTile)
            MultiplyCore(w, x, firstTile, endTile, y, yStride);
    }

    /// <summary>Quantizes tokens: codes, scales and sums of the tokens [firstToken, endToken). The same bits on every instruction set.</summary>
    /// <param name="x">The tokens [T, K]; not needed afterwards.</param>
    /// <param name="quantized">Receives them; has as many tokens and columns and the same stride.</param>
    /// <param name="firstToken">First token.</param>
    /// <param name="endToken">Token after the last one; at most T.</param>
    /// <exception cref="ArgumentException">The two batches differ in shape, or the range does not fit.</exception>
    public void Quantize(in ActivationBlock x, in QuantizedActivations quantized, int firstToken, int endToken)
    {
        if (x.Count != quantized.Count || x.Columns != quantized.Columns || x.Stride != quantized.Stride)
            throw new ArgumentException(
                $"The tokens are {x.Count} x {x.Columns} with stride {x.Stride}, their codes {quantized.Count} x {quantized.Columns} with stride {quantized.Stride}.",
                nameof(quantized));
        RequireRange(firstToken, endToken, x.Count);
        for (int token = firstToken; token < endToken; token++)
            QuantizeCore(x.Token(token), quantized, token);
    }

    /// <summary>
    /// Multiplies a quantized matrix with quantized tokens: y[t · yStride + n] = Σ_groups s·σ·(Σ q·x − z·Σ x) for the rows n of the tiles, σ the
    /// activations' scale. The same bits on every instruction set and in every batch: inner sums are integers.
    /// </summary>
    /// <param name="w">The matrix [N, K].</param>
    /// <param name="x">The tokens [T, K]; the matrix's groups must not straddle their scales.</param>
    /// <param name="firstTile">First tile of 16 rows.</param>
    /// <param name="endTile">Tile after the last one; at most the matrix's TileCount.</param>
    /// <param name="y">The first token's result for row 0.</param>
    /// <param name="yStride">Distance of two tokens' results in values, at least N when there are several tokens.</param>
    /// <exception cref="ArgumentException">Widths or groups differ, or a range or stride does not fit.</exception>
    public void Multiply(in PackedMatrix w, in QuantizedActivations x, int firstTile, int endTile, float* y, nint yStride)
    {
        RequireMatching(w.Shape.Columns, x.Columns);
        RequireScheme(w, x);
        RequireRange(firstTile, endTile, w.Shape.TileCount);
        RequireOutput(y, yStride, x.Count, w.Shape.Rows);
        if (x.Count > 0 && firstTile < endTile)
            MultiplyCore(w, x, default, firstTile, endTile, y, yStride);
    }

    /// <summary>Multiplies a compensated matrix: as <see cref="Multiply(in PackedMatrix, in ActivationBlock, int, int, float*, nint)"/> and then <see cref="AddExpanded"/>, with the same bits.</summary>
    /// <param name="w">The matrix [N, K].</param>
    /// <param name="x">The tokens [T, K].</param>
    /// <param name="expansion">What the compensator adds; <c>default</c> for nothing.</param>
    /// <param name="firstTile">First tile of 16 rows.</param>
    /// <param name="endTile">Tile after the last one; at most the matrix's TileCount.</param>
    /// <param name="y">The first token's result for row 0.</param>
    /// <param name="yStride">Distance of two tokens' results in values, at least N when there are several tokens.</param>
    /// <exception cref="ArgumentException">Widths differ, or a range or stride does not fit.</exception>
    public void Multiply(in PackedMatrix w, in ActivationBlock x, in LowRankExpansion expansion, int firstTile, int endTile, float* y, nint yStride)
    {
        RequireExpansion(expansion, w.Shape, x.Count);
        AnnounceCore(expansion, x.Count, firstTile, endTile);
        Multiply(w, x, firstTile, endTile, y, yStride);
        if (!expansion.IsNone)
            AddExpanded(expansion.Factor, expansion.Latent, expansion.LatentStride, x.Count, firstTile, endTile, y, yStride);
    }

    /// <summary>Multiplies a compensated matrix: as <see cref="Multiply(in PackedMatrix, in QuantizedActivations, int, int, float*, nint)"/> and then <see cref="AddExpanded"/>, with the same bits.</summary>
    /// <param name="w">The matrix [N, K].</param>
    /// <param name="x">The tokens [T, K]; the matrix's groups must not straddle their scales.</param>
    /// <param name="expansion">What the compensator adds; <c>default</c> for nothing.</param>
    /// <param name="firstTile">First tile of 16 rows.</param>
    /// <param name="endTile">Tile after the last one; at most the matrix's TileCount.</param>
    /// <param name="y">The first token's result for row 0.</param>
    /// <param name="yStride">Distance of two tokens' results in values, at least N when there are several tokens.</param>
    /// <exception cref="ArgumentException">Widths or groups differ, or a range or stride does not fit.</exception>
    public void Multiply(in PackedMatrix w, in QuantizedActivations x, in LowRankExpansion expansion, int firstTile, int endTile, float* y, nint yStride)
    {
        RequireMatching(w.Shape.Columns, x.Columns);
        RequireScheme(w, x);
        RequireRange(firstTile, endTile, w.Shape.TileCount);
        RequireOutput(y, yStride, x.Count, w.Shape.Rows);
        RequireExpansion(expansion, w.Shape, x.Count);
        if (x.Count > 0 && firstTile < endTile)
            MultiplyCore(w, x, expansion, firstTile, endTile, y, yStride);
    }

    /// <summary>Multiplies an unquantized matrix: y[t · yStride + n] = Σ_k w[n, k] · x[t, k] for the rows n of the tiles.</summary>
    /// <param name="w">The matrix [N, K].</param>
    /// <param name="x">The tokens [T, K].</param>
    /// <param name="firstTile">First tile of 16 rows.</param>
    /// <param name="endTile">Tile after the last one; at most the matrix's TileCount.</param>
    /// <param name="y">The first token's result for row 0.</param>
    /// <param name="yStride">Distance of two tokens' results in values, at least N when there are several tokens.</param>
    /// <exception cref="ArgumentException">Widths differ, or a range or stride does not fit.</exception>
    public void Multiply(in DenseMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride)
    {
        RequireMatching(w.Columns, x.Columns);
        RequireRange(firstTile, endTile, w.TileCount);
        RequireOutput(y, yStride, x.Count, w.Rows);
        if (x.Count > 0 && firstTile < endTile)
            MultiplyCore(w, x, firstTile, endTile, y, yStride);
    }

    /// <summary>Projects tokens on an input factor: latent[t · latentStride + i] = Σ_k V[i, k] · x[t, k].</summary>
    /// <param name="v">The input factor V [r, K].</param>
    /// <param name="x">The tokens [T, K].</param>
    /// <param name="firstRank">First i.</param>
    /// <param name="endRank">The i after the last one; at most r.</param>
    /// <param name="latent">The first token's result for i = 0.</param>
    /// <param name="latentStride">Distance of two tokens' results in values, at least r when there are several tokens.</param>
    /// <exception cref="ArgumentException">Widths differ, or a range or stride does not fit.</exception>
    public void Project(in LowRankFactor v, in ActivationBlock x, int firstRank, int endRank, float* latent, nint latentStride)
    {
        RequireMatching(v.Shape.Length, x.Columns);
        RequireRange(firstRank, endRank, v.Shape.Rank);
        RequireOutput(latent, latentStride, x.Count, v.Shape.Rank);
        if (x.Count > 0 && firstRank < endRank)
            ProjectCore(v, x, firstRank, endRank, latent, latentStride);
    }

    /// <summary>Adds the expansion of projected tokens: y[t · yStride + n] += Σ_i U[i, n] · latent[t, i] for the rows n of the
    /// tiles.</summary>
    /// <param name="u">The output factor U, transposed [r, N].</param>
    /// <param name="latent">The projected tokens [T, r].</param>
    /// <param name="latentStride">Distance of two tokens' projections in values, at least r when there are several tokens.</param>
    /// <param name="tokenCount">Tokens, T.</param>
    /// <param name="firstTile">First tile of 16 rows n.</param>
    /// <param name="endTile">Tile after the last one; at most ⌈N / 16⌉.</param>
    /// <param name="y">The first token's result for row 0; must hold numbers already.</param>
    /// <param name="yStride">Distance of two tokens' results in values, at least N when there are several tokens.</param>
    /// <exception cref="ArgumentException">A range, count or stride does not fit.</exception>
    public void AddExpanded(in LowRankFactor u, float* latent, nint latentStride, int tokenCount, int firstTile, int endTile, float* y, nint yStride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokenCount);
        RequireRange(firstTile, endTile, (int)(((long)u.Shape.Length + PackedShape.TileRows - 1) / PackedShape.TileRows));
        RequireOutput(latent, latentStride, tokenCount, u.Shape.Rank);
        RequireOutput(y, yStride, tokenCount, u.Shape.Length);
        if (tokenCount > 0 && firstTile < endTile)
            AddExpandedCore(u, latent, latentStride, tokenCount, firstTile, endTile, y, yStride);
    }

    /// <summary>Adds a block of positions to the attention of some rows; see <see cref="AttentionRows"/>. A row's result does not depend on the other rows.</summary>
    /// <param name="rows">The queries and what is known so far; <see cref="AttentionRows.Firsts"/> and <see cref="AttentionRows.Ends"/> say what each sees of the block.</param>
    /// <param name="block">Keys and values.</param>
    /// <exception cref="ArgumentException">The head dimensions differ, or a row sees more than there is.</exception>
    public void Attend(in AttentionRows rows, in KeyValueBlock block)
    {
        RequireMatching(block.HeadDimension, rows.HeadDimension);
        for (int row = 0; row < rows.Count; row++)
            RequireRange(rows.Firsts[row], Math.Max(rows.Firsts[row], rows.Ends[row]), block.Count);
        if (rows.Count > 0 && block.Count > 0)
            AttendCore(rows, block);
    }

    /// <summary><see cref="Multiply(in PackedMatrix, in ActivationBlock, int, int, float*, nint)"/> after its checks: at least one token
    /// and one tile.</summary>
    private protected abstract void MultiplyCore(in PackedMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride);

    /// <summary>Codes, scales and sums of one token.</summary>
    /// <param name="values">Stride values; those beyond the last column are zero.</param>
    /// <param name="quantized">Receives them.</param>
    /// <param name="token">Which token.</param>
    private protected abstract void QuantizeCore(float* values, in QuantizedActivations quantized, int token);

    /// <summary><see cref="Multiply(in PackedMatrix, in QuantizedActivations, in LowRankExpansion, int, int, float*, nint)"/> after its checks: at least one token
    /// and one tile.</summary>
    private protected abstract void MultiplyCore(in PackedMatrix w, in QuantizedActivations x, in LowRankExpansion expansion, int firstTile, int endTile, float* y, nint yStride);

    /// <summary>Says that some tiles of an expansion will be read after something else, so that their bytes are fetched meanwhile.</summary>
    private protected virtual void AnnounceCore(in LowRankExpansion expansion, int tokenCount, int firstTile, int endTile)
    {
    }

    /// <summary><see cref="Multiply(in DenseMatrix, in ActivationBlock, int, int, float*, nint)"/> after its checks: at least one token and
    /// one tile.</summary>
    private protected abstract void MultiplyCore(in DenseMatrix w, in ActivationBlock x, int firstTile, int endTile, float* y, nint yStride);

    /// <summary><see cref="Project"/> after its checks: at least one token and one rank.</summary>
    private protected abstract void ProjectCore(in LowRankFactor v, in ActivationBlock x, int firstRank, int endRank, float* latent, nint latentStride);

    /// <summary><see cref="AddExpanded"/> after its checks: at least one token and one tile.</summary>
    private protected abstract void AddExpandedCore(
        in LowRankFactor u, float* latent, nint latentStride, int tokenCount, int firstTile, int endTile, float* y, nint yStride);

    /// <summary><see cref="Attend"/> after its checks: at least one row and one position.</summary>
    private protected abstract void AttendCore(in AttentionRows rows, in KeyValueBlock block);

    private static void RequireMatching(int expected, int columns)
    {
        if (columns != expected)
            throw new ArgumentException($"The tokens have {columns} values each; the matrix expects {expected}.");
    }

    private static void RequireScheme(in PackedMatrix w, in QuantizedActivations x)
    {
        if (!x.Scheme.Serves(w.Shape.GroupSize))
            throw new ArgumentException($"The tokens have a scale per {x.Scheme.GroupSize} columns; the matrix has groups of {w.Shape.GroupSize}.", nameof(x));
    }

    private static void RequireExpansion(in LowRankExpansion expansion, in PackedShape shape, int tokens)
    {
        if (expansion.IsNone)
            return;
        if (expansion.Factor.Shape.Length != shape.Rows)
            throw new ArgumentException($"The compensator has {expansion.Factor.Shape.Length} rows; the matrix has {shape.Rows}.", nameof(expansion));
        RequireOutput(expansion.Latent, expansion.LatentStride, tokens, expansion.Factor.Shape.Rank);
    }

    private static void RequireRange(int first, int end, int count)
    {
        if (first < 0 || first > end || end > count)
            throw new ArgumentException($"The range {first}..{end} is not within 0..{count}.");
    }

    private static void RequireOutput(float* data, nint stride, int tokens, int values)
    {
        if (data is null && tokens > 0)
            throw new ArgumentException("A pointer to the tokens' values is null.");
        if (tokens > 1 && stride < values)
            throw new ArgumentException($"The stride is {stride}; {values} values per token need at least as much.");
    }
}
