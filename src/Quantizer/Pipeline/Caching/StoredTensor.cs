using MoEQuant.Format;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>A tensor in the head of a segment file; its bytes follow the head in the order of the fields.</summary>
/// <param name="Statistics">What is known about it.</param>
/// <param name="Record">How the packed matrix is described; null for plain floats.</param>
/// <param name="ValueCount">Plain floats.</param>
/// <param name="WeightParts">Lengths of the parts of the packed weights.</param>
/// <param name="InputBytes">Bytes of V.</param>
/// <param name="OutputBytes">Bytes of U.</param>
internal sealed record StoredTensor(TensorStatistics Statistics, PackedMatrixRecord? Record, int ValueCount, int[] WeightParts, int InputBytes, int OutputBytes);
