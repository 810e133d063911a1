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

    /// <summary>Values per token, K.</summary>
    public int Columns { get; }

    /// <summary>Distance of two tokens in values.</summary>
    public int Stride { get; }

    /// <summary>Bytes that a batch needs: a code per value, a scale and a sum per 32.</summary>
    /// <param name="count">Tokens.</param>
    /// <param name="stride">Distance of two tokens in values: a multiple of 128.</param>
    public static long RequiredBytes(int count, int stride) => (long)count * (stride + stride / ActivationBlock.SumGroup * 2 * sizeof(float));

    /// <summary>The codes of one token.</summary>
    internal sbyte* TokenCodes(int token) => Codes + (long)token * Stride;

    /// <summary>The scales of one token.</summary>
    internal float* TokenScales(int token) => Scales + (long)token * (Stride / ActivationBlock.SumGroup);

    /// <summary>The sums of one token.</summary>
    internal float* TokenSums(int token) => Sums + (long)token * (Stride / ActivationBlock.SumGroup);
}
