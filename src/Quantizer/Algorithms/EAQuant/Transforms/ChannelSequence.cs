using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;

/// <summary>Two maps, one after the other: M = M₂ M₁.</summary>
internal sealed class ChannelSequence : ChannelMap
{
    private readonly ChannelMap _first;
    private readonly ChannelMap _second;

    /// <exception cref="ArgumentException">The maps have different widths.</exception>
    public ChannelSequence(ChannelMap first, ChannelMap second)
        : base(first.Width)
    {
        if (first.Width != second.Width)
            throw new ArgumentException($"A map of {second.Width} channels cannot follow one of {first.Width}.", nameof(second));
        _first = first;
        _second = second;
    }

    // Block sizes are 1 or powers of two, so the larger one is a multiple of the other.
    public override int BlockSize => Math.Max(_first.BlockSize, _second.BlockSize);

    public override void Apply(Span<float> x)
    {
        _first.Apply(x);
        _second.Apply(x);
    }

    public override void ApplyDual(Span<float> w)
    {
        _first.ApplyDual(w);
        _second.ApplyDual(w);
    }

    public override void ApplyToRows(FloatMatrix weights, int firstRow = 0)
    {
        _first.ApplyToRows(weights, firstRow);
        _second.ApplyToRows(weights, firstRow);
    }
}
