using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace MoEQuant.Format.Tests;

/// <summary>A written packed model taken apart, so that a test can change one thing and put it together again.</summary>
internal sealed class PackedSurgery
{
    private readonly byte[] _original;

    public PackedSurgery()
    {
        using TemporaryFolder folder = new();
        PackedModels.Write(folder.File("x.moeq"));
        _original = File.ReadAllBytes(folder.File("x.moeq"));
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(_original);
        Header = JsonNode.Parse(_original.AsSpan(8, headerLength))!.AsObject();
        Payload = _original[(8 + headerLength)..];
    }

    public JsonObject Header { get; }

    public byte[] Payload { get; set; }

    public JsonObject Metadata => Header["__metadata__"]!.AsObject();

    /// <summary>The bytes of one table record within the payload.</summary>
    public Span<byte> Record(int index)
    {
        int table = Begin("moeq.matrices");
        return Payload.AsSpan(table + (index * 64), 64);
    }

    public int Begin(string tensor) => (int)Header[tensor]!["data_offsets"]![0]!;

    public int End(string tensor) => (int)Header[tensor]!["data_offsets"]![1]!;

    public void Rename(string tensor, string name)
    {
        JsonNode entry = Header[tensor]!;
        Header.Remove(tensor);
        Header[name] = entry;
    }

    /// <summary>The file; its header is padded so that the payload stays aligned.</summary>
    public byte[] ToFile(int misalignment = 0)
    {
        byte[] json = Encoding.UTF8.GetBytes(Header.ToJsonString());
        int headerLength = ((json.Length + 8 + 63) / 64 * 64) - 8 + misalignment;
        byte[] file = new byte[8 + headerLength + Payload.Length];
        file.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)headerLength);
        json.CopyTo(file.AsSpan(8));
        Payload.CopyTo(file.AsSpan(8 + headerLength));
        return file;
    }
}
