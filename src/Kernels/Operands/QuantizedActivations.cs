namespace MoEQuant.Kernels;

/// <summary>A batch of quantized input vectors, one per token, in memory that someone else owns: x[t, k] ≈ code[t, k] · scale[t, k / 32].</summary>
/// <remarks>
/// <para>
/// Codes are signed bytes −127 … 127 and need no zero point. Scales stand per 32 columns whatever the scheme's group size, and sums of codes per 32, per 64 and per 128, so
/// that one batch serves matrices of all group sizes: with S = Σ x over a matrix's group, Σ (q − z)·s·x·σ = s·σ·(Σ q·x − z·S). Values beyond
/// <see cref="Columns"/> up to <see cref="Stride"/> have code 0. <see cref="MatrixKernel.Quantize"/> fills it.
/// </para>
/// <para>
/// All that belongs to a token lies together: codes, scales, sums. One register then leads to everything, and tokens do not lie a power of two apart, where they would share the lines of a cache.
/// </para>
/// </remarks>
public readonly unsafe struct QuantizedActivations
{
    /// <summary>Names the memory of a batch.</summary>
    /// <param name="memory"><see cref="RequiredBytes"/> bytes; 64-byte alignment is fastest, 4 bytes are needed.</param>
    /// <param name="scheme">How the values are quantized.</param>
    /// <param name="count">Tokens, at least 0.</param>
    /// <param name="columns">Values per token, at least 1.</param>
    /// <param name="stride">Distance of two tokens in values: a multiple of 128, at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="memory"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public QuantizedActivations(byte* memory, ActivationScheme scheme, int count, int columns, int stride)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfZero(scheme.Bits, nameof(scheme));
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(stride % ActivationBlock.StrideUnit, 0, nameof(stride));
        Memory = memory;
        Scheme = scheme;
        Count = count;
        Columns = columns;
        Stride = stride;
    }

    private QuantizedActivations(in QuantizedActivations batch, int* rows, int count)
    {
        this = batch;
        Rows = rows;
        Count = count;
    }

    /// <summary>The first token.</summary>
    public byte* Memory { get; }

    /// <summary>How the values are quantized.</summary>
    public ActivationScheme Scheme { get; }

    /// <summary>Tokens, T.</summary>
    public int Count { get; }

    /// <summary>Where in memory each token is, see <see cref="Select"/>; null where they follow each other.</summary>
    public int* Rows { get; }

    /// <summary>Values per token, K.</summary>
    public int Columns { get; }

    /// <summary>Distance of two tokens in values.</summary>
    public int Stride { get; }

    /// <summary>Some of the batch's tokens in any order, without a copy; see <see cref="ActivationBlock.Select"/>.</summary>
    /// <param name="rows">For each of them its place in this batch, 0..<see cref="Count"/> − 1, which is not checked; must stay as long as the selection is used.</param>
    /// <param name="count">How many, at least 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="rows"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The batch is a selection itself.</exception>
    public QuantizedActivations Select(int* rows, int count)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Rows is null ? new QuantizedActivations(this, rows, count) : throw new InvalidOperationException("The batch is a selection already.");
    }

    /// <summary>Bytes that a batch needs: per token a code per value, a scale per 32, a sum per 32, per 64 and per 128.</summary>
    /// <param name="count">Tokens.</param>
    /// <param name="stride">Distance of two tokens in values: a multiple of 128.</param>
    public static long RequiredBytes(int count, int stride) => (long)count * TokenBytesOf(stride);

    /// <summary>What a code stands for: code · scale.</summary>
    /// <param name="token">The token, 0..<see cref="Count"/> − 1; not checked.</param>
    /// <param name="column">The column, 0..<see cref="Stride"/> − 1; not checked.</param>
    public float Value(int token, int column) => TokenCodes(token)[column] * TokenScales(token)[column / ActivationBlock.SumGroup];

    /// <summary>Distance of two tokens in bytes.</summary>
    internal nint TokenBytes => TokenBytesOf(Stride);

    /// <summary>Where a token's scales begin.</summary>
    internal nint ScaleOffset => Stride;

    /// <summary>Where a token's sums of so many codes begin.</summary>
    internal nint SumOffset(int groupSize) => ScaleOffset + sizeof(float) * (nint)(Stride / ActivationBlock.SumGroup + groupSize switch
    {
        ActivationBlock.SumGroup => 0,
        2 * ActivationBlock.SumGroup => Stride / ActivationBlock.SumGroup,
        _ => Stride / ActivationBlock.SumGroup + Stride / (2 * ActivationBlock.SumGroup),
    });

    /// <summary>All of one token.</summary>
    internal byte* Token(int token) => Memory + (Rows is null ? token : Rows[token]) * TokenBytes;

    /// <summary>The codes of one token.</summary>
    internal sbyte* TokenCodes(int token) => (sbyte*)Token(token);

    /// <summary>The scales of one token, one per 32 columns.</summary>
    internal float* TokenScales(int token) => (float*)(Token(token) + ScaleOffset);

    /// <summary>The sums of one token's codes: whole numbers, as floats since products with zero points want them so.</summary>
    /// <param name="token">The token.</param>
    /// <param name="groupSize">Codes of a sum: 32, 64 or 128.</param>
    internal float* TokenSums(int token, int groupSize) => (float*)(Token(token) + SumOffset(groupSize));

    /// <summary>Makes the sums of 64 and of 128 codes from those of 32; exact.</summary>
    internal void CompleteSums(int token)
    {
        float* half = TokenSums(token, ActivationBlock.SumGroup);
        for (int groupSize = 2 * ActivationBlock.SumGroup; groupSize <= ActivationBlock.StrideUnit; groupSize *= 2)
        {
            float* sums = TokenSums(token, groupSize);
            for (int group = 0; group < Stride / groupSize; group++)
                sums[group] = half[2 * group] + half[2 * group + 1];
            half = sums;
        }
    }

    // Whole cache lines.
    private static nint TokenBytesOf(int stride) =>
        (stride + sizeof(float) * (2 * stride / ActivationBlock.SumGroup + stride / (2 * ActivationBlock.SumGroup) + stride / (4 * ActivationBlock.SumGroup)) + 63) & ~63;
}
