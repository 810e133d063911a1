using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;

/// <summary>
/// An invertible linear map M of the channels between two layers: x' = M x. The function stays the same when the layer before is replaced by M W and the layer behind by W M⁻¹
/// (SmoothQuant, arXiv 2211.10438, for diagonal maps; QuaRot, arXiv 2404.00456, for rotations).
/// </summary>
internal abstract class ChannelMap(int width)
{
    /// <summary>Number of channels.</summary>
    public int Width { get; } = width;

    /// <summary>Rows that <see cref="ApplyToRows"/> must see together: the size of the map's blocks.</summary>
    public virtual int BlockSize => 1;

    /// <summary>x ← M x, for activations and for vectors added to them (biases).</summary>
    /// <param name="x"><see cref="Width"/> channels.</param>
    public abstract void Apply(Span<float> x);

    /// <summary>w ← M⁻ᵀ w: a row of the layer behind, so that w'·x' = w·x.</summary>
    /// <param name="w"><see cref="Width"/> weights of one output.</param>
    public abstract void ApplyDual(Span<float> w);

    /// <summary>W ← M W: rows of the layer before, one per channel.</summary>
    /// <param name="weights">Rows [firstRow, firstRow + Rows) of the matrix; both ends lie on multiples of <see cref="BlockSize"/>.</param>
    /// <param name="firstRow">The channel of the first row.</param>
    public abstract void ApplyToRows(FloatMatrix weights, int firstRow = 0);

    /// <summary>X ← X Mᵀ: activations, one token per row.</summary>
    /// <param name="tokens">[tokens, <see cref="Width"/>].</param>
    public void ApplyToTokens(FloatMatrix tokens)
    {
        for (int row = 0; row < tokens.Rows; row++)
            Apply(tokens.Row(row));
    }

    /// <summary>W ← W M⁻¹: the layer behind, whole rows.</summary>
    /// <param name="weights">[outputs, <see cref="Width"/>].</param>
    public void ApplyDualToRowsOf(FloatMatrix weights)
    {
        for (int row = 0; row < weights.Rows; row++)
            ApplyDual(weights.Row(row));
    }

    /// <summary>H ← M H Mᵀ for H = E[x xᵀ].</summary>
    /// <param name="covariance">[<see cref="Width"/>, <see cref="Width"/>].</param>
    public void ApplyToCovariance(FloatMatrix covariance)
    {
        ApplyToTokens(covariance);
        ApplyToRows(covariance);
    }

    /// <summary>This map, then another.</summary>
    public ChannelMap Then(ChannelMap? next) => next is null ? this : new ChannelSequence(this, next);
}
