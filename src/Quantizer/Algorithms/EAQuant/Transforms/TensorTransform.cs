using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;

/// <summary>What happens to one tensor: W' = M_out W M_in⁻¹ for a matrix, v' = M_out v for a vector.</summary>
/// <param name="Input">The map of the channels that a matrix reads; null for none, and for vectors.</param>
/// <param name="Output">The map of the channels that the tensor writes or adds to; null for none.</param>
/// <param name="Folded">True for a norm weight that its consumers took over: it becomes 1 everywhere before <paramref name="Output"/>.</param>
internal sealed record TensorTransform(ChannelMap? Input = null, ChannelMap? Output = null, bool Folded = false)
{
    /// <summary>This transform, then another.</summary>
    public TensorTransform Then(TensorTransform next) => new(Join(Input, next.Input), Join(Output, next.Output), Folded || next.Folded);

    /// <summary>Transforms a whole matrix, [rows, columns].</summary>
    public void ApplyTo(FloatMatrix weights) => ApplyTo(weights, 0);

    /// <summary>Transforms rows of a matrix that begin at a multiple of the output map's block.</summary>
    public void ApplyTo(FloatMatrix weights, int firstRow)
    {
        Input?.ApplyDualToRowsOf(weights);
        Output?.ApplyToRows(weights, firstRow);
    }

    /// <summary>Transforms a norm weight or a bias.</summary>
    public void ApplyTo(Span<float> vector)
    {
        if (Folded)
            vector.Fill(1);
        Output?.Apply(vector);
    }

    private static ChannelMap? Join(ChannelMap? first, ChannelMap? second) => first is null ? second : first.Then(second);
}
