using MoEQuant.Quantizer.Evaluation;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Tries out a packed file before it gets its name.</summary>
public interface IPackedModelReview
{
    /// <summary>Measures the model, or refuses it by an exception: then the file goes away and one of an earlier run stays as it was.</summary>
    /// <param name="packedFile">The complete file under its temporary name; closed again by the review.</param>
    /// <param name="candidate">What the run would give, without evaluation.</param>
    /// <param name="cancellationToken">Ends the review.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="Format.Diagnostics.MoEQuantException">The model is refused (MOEQ3030–3032), or cannot be measured.</exception>
    ComparisonResult Review(string packedFile, QuantizationResult candidate, CancellationToken cancellationToken);
}
