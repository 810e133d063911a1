using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tests.Model;

namespace MoEQuant.Runtime.Tests.Weights;

/// <summary>A whole packed model of 48 layers with 128 experts whose weights are a hole in the file: only header and matrix table are stored.</summary>
internal static class LargeModelFile
{
    public static ModelConfig Config { get; } = RandomModel.ConfigOf("OlmoeForCausalLM",
        ("num_hidden_layers", 48), ("num_experts", 128), ("num_experts_per_tok", 8), ("hidden_size", 512), ("intermediate_size", 768), ("num_attention_heads", 8));

    public static void Write(string path)
    {
        var header = new StringBuilder("{\"__metadata__\":{\"format\":\"moeq\",\"moeq.version\":\"1.0\",\"moeq.runtime\":\"[0.1.0,0.2.0)\",\"moeq.tool\":\"0.1.0\",\"moeq.name\":\"large\"," +
            "\"moeq.scheme\":\"W3A16\",\"moeq.payload_sha256\":\"" + new string('0', 64) + "\",\"moeq.record\":\"{}\"}");
        using var table = new MemoryStream();
        Span<byte> record = stackalloc byte[PackedMatrixRecord.Size];
        long position = 0;
        int ordinal = 0;
        foreach (PlannedTensor tensor in TensorPlan.For(Config).Tensors)
        {
            bool packed = !tensor.IsVector && tensor.Role != TensorRole.Router;
            PackedMatrixRecord matrix = packed ? Record(tensor, ordinal) : default;
            long length = packed ? matrix.TotalBytes : tensor.ElementCount * sizeof(float);
            string shape = packed ? $"{length}" : tensor.IsVector ? $"{tensor.Rows}" : $"{tensor.Rows},{tensor.Columns}";
            Append(header, tensor.Name, packed ? "U8" : "F32", shape, position, length);
            if (packed)
            {
                matrix.WriteTo(record);
                table.Write(record);
            }

            position += length;
            ordinal++;
        }

        Append(header, "moeq.matrices", "U8", $"{table.Length}", position, table.Length);
        header.Append('}');
        header.Append(' ', (64 - ((header.Length + 8) % 64)) % 64);
        using FileStream file = File.Create(path);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        file.Write(prefix);
        file.Write(Encoding.ASCII.GetBytes(header.ToString()));
        file.Position = 8 + header.Length + position;
        file.Write(table.ToArray());
    }

    private static PackedMatrixRecord Record(PlannedTensor tensor, int ordinal)
    {
        const int Rank = 16;
        return new PackedMatrixRecord(ordinal, tensor.Rows, tensor.Columns, 3, 8, 64, false, PackedMatrixRecord.Tile16Layout, Rank,
            new PackedShape(tensor.Rows, tensor.Columns, 3, 64).TotalBytes, new FactorShape(Rank, tensor.Columns, 8).TotalBytes, new FactorShape(Rank, tensor.Rows, 8).TotalBytes);
    }

    private static void Append(StringBuilder header, string name, string type, string shape, long begin, long length) =>
        header.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[{begin},{begin + length}]}}");
}
