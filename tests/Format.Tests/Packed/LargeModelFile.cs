using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MoEQuant.Format.Tests;

/// <summary>A packed model of 48 layers with 128 experts of 3 matrices each, put together without the product's writer: only header and table are stored, the weights are a hole.</summary>
internal static class LargeModelFile
{
    public const int MatrixCount = 48 * 128 * 3;

    /// <summary>768 x 512, 3 bits in groups of 64, rank 16 with 8-bit factors: 193,152 bytes.</summary>
    public static PackedMatrixRecord Matrix { get; } = new(0, 768, 512, 3, 8, 64, false, 1, 16, 48 * 8 * 448, (16 * 512) + (16 * 8 * 2), (16 * 768) + (16 * 12 * 2));

    public static void Write(string path)
    {
        StringBuilder header = new("{\"__metadata__\":{\"format\":\"moeq\",\"moeq.version\":\"1.0\",\"moeq.runtime\":\"[0.1.0,0.2.0)\",\"moeq.tool\":\"0.1.0\",\"moeq.name\":\"large\"," +
            "\"moeq.scheme\":\"W3A16\",\"moeq.payload_sha256\":\"" + new string('0', 64) + "\",\"moeq.record\":\"{}\"}");
        byte[] table = new byte[MatrixCount * 64];
        long position = 0;
        string[] projections = ["gate_proj", "up_proj", "down_proj"];
        for (int i = 0; i < MatrixCount; i++)
        {
            Append(header, $"model.layers.{i / 384}.mlp.experts.{i / 3 % 128}.{projections[i % 3]}.weight", position, Matrix.TotalBytes);
            (Matrix with { TensorOrdinal = i }).WriteTo(table.AsSpan(i * 64));
            position += Matrix.TotalBytes;
        }

        Append(header, "moeq.matrices", position, table.Length);
        header.Append('}');
        while ((header.Length + 8) % 64 != 0)
            header.Append(' ');
        using FileStream file = File.Create(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(Encoding.ASCII.GetBytes(header.ToString()));
        file.Position = 8 + header.Length + position;
        file.Write(table);
    }

    private static void Append(StringBuilder header, string name, long begin, long length) =>
        header.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"dtype\":\"U8\",\"shape\":[{length}],\"data_offsets\":[{begin},{begin + length}]}}");
}
