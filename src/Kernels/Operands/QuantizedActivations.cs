namespace MoEQuant.Kernels;

/// <summary>A batch of quantized input vectors, one per token, in memory that someone else owns: x[t, k] ≈ code[t, k] · scale[t, k / 32].</summary>
/// <remarks>
/// Codes are signed bytes −127 … 127 and need no zero point. Scales and sums of codes stand per 32 columns whatever the scheme's group size, so
/// that one batch serves matrices of several group sizes: with S = Σ x over a matrix's group, Σ (q − z)·s·x·σ = s·σ·(Σ q·x − z·S). Values beyond
/// <see cref="Columns"/> up to <see cref="Stride"/> have code 0. <see cref="MatrixKernel.Quantize"/> fills it.
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
        Codes = (sbyte*)memory;
        Scales = (float*)(memory + (long)count * stride);
        Sums = Scales + (long)count * (stride / ActivationBlock.SumGroup);
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

    /// <summary>Codes [T, Stride].</summary>
    public sbyte* Codes { get; }

    /// <summary>Scales [T, Stride / 32].</summary>
    public float* Scales { get; }

    /// <summary>Sums of codes [T, Stride / 32]: whole numbers, as floats since products with zero points want them so.</summary>
    public float* Sums { get; }

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

    /// <summary>Bytes that a batch needs: a code per value, a scale and a sum per 32.</summary>
    /// <param name="count">Tokens.</param>
    /// <param name="stride">Distance of two tokens in values: a multiple of 128.</param>
    public static long RequiredBytes(int count, int stride) => (long)count * (stride + stride / ActivationBlock.SumGroup * 2 * sizeof(float));

    /// <summary>The codes of one token.</summary>
    internal sbyte* TokenCodes(int token) => Codes + Row(token) * Stride;

    /// <summary>The scales of one token.</summary>
    internal float* TokenScales(int token) => Scales + Row(token) * (Stride / ActivationBlock.SumGroup);

    /// <summary>The sums of one token.</summary>
    internal float* TokenSums(int token) => Sums + Row(token) * (Stride / ActivationBlock.SumGroup);

    private long Row(int token) => Rows is null ? token : Rows[token];
}
