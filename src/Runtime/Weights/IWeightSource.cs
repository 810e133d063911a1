using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Weights;

/// <summary>
/// Where a model's weights come from: a packed file, an unquantized checkpoint, or weights made on the fly. The network is built from it without knowing which.
/// The source owns the memory that its weights point to and must outlive them.
/// </summary>
public interface IWeightSource : IDisposable
{
    /// <summary>The weights of a matrix.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">The tensor is missing or has another shape.</exception>
    LinearWeights GetLinear(PlannedTensor tensor);

    /// <summary>A vector (norm weight, bias), as floats.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">The tensor is missing or has another length.</exception>
    float[] GetVector(PlannedTensor tensor);
}
