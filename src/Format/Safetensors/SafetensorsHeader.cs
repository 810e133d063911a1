using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Reads and checks the header of a safetensors file: from bytes to tensors whose ranges hold.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The limit of the reference implementation; it bounds what a hostile file can make a reader parse.</summary>
    public const long MaximumLength = 100_000_000;

    /// <summary>The header's length field.</summary>
    public const int PrefixLength = sizeof(ulong);

    private SafetensorsHeader(long dataOffset, TensorEntry[] tensors, Dictionary<string, int> ordinals, IReadOnlyDictionary<string, string> metadata)
    {
        DataOffset = dataOffset;
        Tensors = tensors;
        Ordinals = ordinals;
        Metadata = metadata;
    }

    public long DataOffset { get; }

    public TensorEntry[] Tensors { get; }

    public Dictionary<string, int> Ordinals { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public static SafetensorsHeader Read(MappedRegion region)
    {
        ReadOnlySpan<byte> json = Locate(region);
        long dataOffset = PrefixLength + json.Length;
        SafetensorsHeaderParser parser = new(json, dataOffset, region.Path);
        try
        {
            parser.Parse();
        }
        catch (JsonException cause)
        {
            // Its own message repeats the header from the fault on, which may be megabytes.
            throw new MoEQuantException(
                SafetensorsDiagnostics.HeaderNotJson,
                $"The header of {json.Length} bytes is not valid JSON; the fault is in line {cause.LineNumber + 1} at byte {cause.BytePositionInLine}.", region.Path, cause);
        }
        catch (InvalidOperationException cause)
        {
            throw new MoEQuantException(
                SafetensorsDiagnostics.HeaderNotJson, $"The header of {json.Length} bytes has a string with half a surrogate pair, which is no text.", region.Path, cause);
        }

        TensorEntry[] tensors = [.. parser.Tensors];
        Dictionary<string, int> ordinals = parser.Ordinals;
        if (TensorLayout.Sort(tensors))
            for (int i = 0; i < tensors.Length; i++)
                ordinals[tensors[i].Name] = i;
        TensorLayout.Check(tensors, dataOffset, region.Length, region.Path);
        return new SafetensorsHeader(dataOffset, tensors, ordinals, parser.Metadata);
    }

    private static ReadOnlySpan<byte> Locate(MappedRegion region)
    {
        ReadOnlySpan<byte> start = region.Span(0, (int)Math.Min(region.Length, 64));
        if (region.Length < PrefixLength)
            throw new MoEQuantException(
                SafetensorsDiagnostics.FileTooShort, $"The file has {region.Length} bytes; a safetensors file begins with {PrefixLength} bytes of header length.", region.Path);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaximumLength)
        {
            ForeignFormats.Refuse(start, region.Path);
            throw new MoEQuantException(
                SafetensorsDiagnostics.HeaderTooLarge, $"The header claims {length} bytes; at most {MaximumLength} are allowed.", region.Path);
        }

        if ((long)length > region.Length - PrefixLength)
            throw new MoEQuantException(
                SafetensorsDiagnostics.HeaderTruncated, $"The header claims {length} bytes, but the file has {region.Length} bytes in all.", region.Path);
        ReadOnlySpan<byte> json = region.Span(PrefixLength, (int)length);
        if (json.IsEmpty || json[0] != (byte)'{')
            throw new MoEQuantException(
                SafetensorsDiagnostics.HeaderNotJson, $"The header of {length} bytes begins with {DescribeFirst(json)}; '{{' was expected.", region.Path);
        if (!Utf8.IsValid(json))
            throw new MoEQuantException(SafetensorsDiagnostics.HeaderNotJson, $"The header of {length} bytes is not valid UTF-8.", region.Path);
        return json;
    }

    private static string DescribeFirst(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? "nothing" : DiagnosticText.Quote(Encoding.Latin1.GetString(json[..1]));
}
