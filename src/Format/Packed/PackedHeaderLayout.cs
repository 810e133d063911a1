using System.Buffers;

namespace MoEQuant.Format;

/// <summary>Composes a packed model's header, and finds how much room it can need at most before any size is known.</summary>
internal sealed class PackedHeaderLayout(PackedModelHeader header)
{
    // Fifteen digits: a petabyte per number. Unused digits become spaces, about 20 bytes per tensor.
    private const long WidestNumber = 999_999_999_999_999;

    /// <summary>The length of the header with all declared tensors, the widest numbers and a full record.</summary>
    public int Reserve(PackedModelContents contents)
    {
        IEnumerable<TensorDeclaration> tensors =
        [
            .. contents.Files.Select(name => Widest(PackedFormat.FilePrefix + name, TensorDataType.U8, 1)),
            .. contents.Vectors.Select(name => Widest(name, TensorDataType.F32, 2)),
            .. contents.Matrices.Select(name => Widest(name, TensorDataType.U8, 1)),
            .. Enumerable.Range(0, contents.Files.Count + contents.Vectors.Count).Select(index => Widest(PackedFormat.PaddingPrefix + index, TensorDataType.U8, 1)),
            Widest(PackedFormat.TableName, TensorDataType.U8, 1),
        ];
        int length = Compose(tensors.Select(tensor => (tensor, WidestNumber, WidestNumber)), new string('0', 64), string.Empty).WrittenCount;
        int reserved = SafetensorsWriter.AlignedHeaderLength(checked(length + header.RecordCapacity));
        if (reserved > SafetensorsHeader.MaximumLength)
            throw new ArgumentException($"The header would need {reserved} bytes; the format allows {SafetensorsHeader.MaximumLength}.", nameof(contents));
        return reserved;
    }

    public ArrayBufferWriter<byte> Compose(IEnumerable<(TensorDeclaration Tensor, long Begin, long End)> tensors, string payloadHash, string recordJson) =>
        SafetensorsHeaderWriter.Serialize(
            [
                new(PackedFormat.FormatKey, PackedFormat.FormatName),
                new(PackedFormat.VersionKey, PackedFormat.Version.ToString(2)),
                new(PackedFormat.RuntimeKey, header.RuntimeRange),
                new(PackedFormat.ToolKey, header.ToolVersion),
                new(PackedFormat.NameKey, header.Name),
                new(PackedFormat.SchemeKey, header.Scheme),
                new(PackedFormat.PayloadHashKey, payloadHash),
                new(PackedFormat.RecordKey, recordJson),
            ],
            tensors);

    private static TensorDeclaration Widest(string name, TensorDataType type, int rank) =>
        new(name, type, [.. Enumerable.Repeat(WidestNumber, rank)]);
}
