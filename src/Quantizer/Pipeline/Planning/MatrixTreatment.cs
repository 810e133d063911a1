using MoEQuant.Format;
using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>How one tensor is stored.</summary>
/// <param name="Recipe">The recipe of a packed matrix; null keeps the tensor as plain floats.</param>
/// <param name="RequestedRank">The compensator's rank as asked for, which a small matrix cannot always have.</param>
internal readonly record struct MatrixTreatment(MatrixRecipe? Recipe, int RequestedRank)
{
    /// <summary>A tensor of plain floats.</summary>
    public static MatrixTreatment Plain => default;

    /// <summary>What the matrix asks of its inputs while the model runs.</summary>
    public PackedActivations Activations { get; init; }

    /// <summary>The rank used.</summary>
    public int Rank => Recipe?.Rank ?? 0;
}
