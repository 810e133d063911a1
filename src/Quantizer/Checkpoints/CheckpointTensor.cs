using MoEQuant.Format;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>A tensor of a checkpoint and the file that holds it.</summary>
/// <param name="Entry">Name, type, shape and range.</param>
/// <param name="File">The opened shard.</param>
internal sealed unsafe record CheckpointTensor(TensorEntry Entry, SafetensorsFile File)
{
    /// <summary>The tensor's name.</summary>
    public string Name => Entry.Name;

    /// <summary>The element type.</summary>
    public TensorDataType Type => Entry.Type;

    /// <summary>The shard's path.</summary>
    public string? Path => File.Region.Path;

    /// <summary>The first element, row-major; of any alignment.</summary>
    /// <exception cref="ObjectDisposedException">The checkpoint is disposed.</exception>
    public byte* Pointer => File.Pointer(Entry);

    /// <summary>Elements per row: the product of all dimensions but the first; the whole length for a vector.</summary>
    public long RowLength => Entry.Shape.Length <= 1 ? Entry.ElementCount : Entry.Shape[0] == 0 ? 0 : Entry.ElementCount / Entry.Shape[0];

    /// <summary>The number of rows: 1 for a vector or scalar.</summary>
    public long RowCount => Entry.Shape.Length <= 1 ? 1 : Entry.Shape[0];
}
