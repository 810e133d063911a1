namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>A finished unit of a model (a layer, or what stands before or after the layers): its tensors in file order, and what is known about it.</summary>
internal sealed record LayerSegment(LayerStatistics Statistics, IReadOnlyList<SegmentTensor> Tensors);
