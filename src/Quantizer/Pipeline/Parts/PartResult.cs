namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>What a part's run made.</summary>
/// <param name="Path">The part file.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Scheme">The scheme.</param>
/// <param name="Part">Which part.</param>
/// <param name="Units">Its pieces in file order: <c>embedding</c>, <c>layer 3</c>, <c>tail</c>. Layers count from 1.</param>
/// <param name="Bytes">Length of the part file.</param>
/// <param name="Statistics">Sizes, errors and times of its pieces.</param>
internal sealed record PartResult(string Path, string Name, QuantizationScheme Scheme, PartNumber Part, IReadOnlyList<string> Units, long Bytes, QuantizationStatistics Statistics);
