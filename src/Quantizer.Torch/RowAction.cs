namespace MoEQuant.Quantizer.Torch;

/// <summary>Takes one row.</summary>
internal delegate void RowAction<T>(int row, ReadOnlySpan<T> values);
