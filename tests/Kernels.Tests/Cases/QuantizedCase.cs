using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>Random input vectors, quantized by one kernel into guarded memory.</summary>
internal sealed unsafe class QuantizedCase : ITokens, IDisposable
{
    private readonly GuardedMemory memory;
    private readonly int stride;

    public QuantizedCase(Random random, MatrixKernel kernel, ActivationScheme scheme, int count, int columns, TokenStyle style = TokenStyle.Ordinary)
    {
        (Count, Columns, Scheme) = (count, columns, scheme);
        stride = (columns + 127) / 128 * 128;
        Source = new TokenCase(random, count, columns, style == TokenStyle.Outliers);
        Reshape(style);
        memory = new GuardedMemory(QuantizedActivations.RequiredBytes(count, stride));
        // What is not written shows: the pattern is no likely code, scale or sum.
        memory.Span.Fill(0xA5);
        kernel.Quantize(Source.Block, Block, 0, count);
    }

    public TokenCase Source { get; }

    public int Count { get; }

    public int Columns { get; }

    public ActivationScheme Scheme { get; }

    public QuantizedActivations Block => new(memory.Pointer, Scheme, Count, Columns, stride);

    public ReadOnlySpan<byte> Bytes => memory.Span;

    public double Value(int token, int column) => Block.TokenCodes(token)[column] * (double)Block.TokenScales(token)[column / 32];

    /// <summary>One of the tokens as a batch of its own, in memory of its own.</summary>
    public QuantizedActivations Single(int token, GuardedMemory copy)
    {
        QuantizedActivations single = new(copy.Pointer, Scheme, 1, Columns, stride);
        new Span<byte>(Block.Token(token), (int)Block.TokenBytes).CopyTo(new Span<byte>(single.Token(0), (int)single.TokenBytes));
        return single;
    }

    public GuardedMemory SingleMemory() => new(QuantizedActivations.RequiredBytes(1, stride));

    public void Dispose()
    {
        memory.Dispose();
        Source.Dispose();
    }

    private void Reshape(TokenStyle style)
    {
        for (int token = 0; token < Count; token++)
            for (int column = 0; column < Columns; column++)
            {
                ref float value = ref Source.Block.Token(token)[column];
                value = style switch
                {
                    TokenStyle.Zero => column % 64 < 32 ? 0 : -0f,
                    TokenStyle.Constant => 1.5f - token,
                    TokenStyle.Alternating => column % 2 == 0 ? 1 : -1,
                    TokenStyle.Positive => Math.Abs(value),
                    TokenStyle.Tiny => value * 1e-38f,
                    _ => value,
                };
            }
    }
}
