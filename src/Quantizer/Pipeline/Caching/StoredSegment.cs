namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>The head of a segment file.</summary>
internal sealed record StoredSegment(LayerStatistics Statistics, StoredTensor[] Tensors);
