namespace MoEQuant.Format.Tests;

/// <summary>Small packed models whose every byte is known.</summary>
internal static class PackedModels
{
    public const string MatrixName = "model.layers.0.mlp.experts.0.up_proj.weight";
    public const string SecondMatrixName = "model.layers.0.mlp.experts.1.up_proj.weight";
    public const string VectorName = "model.norm.weight";
    public const string Record = """{"scheme":"W3A16","note":"quotes \" and ü"}""";

    public static PackedModelHeader Header { get; } = new("tiny", "W3A16", "0.1.0", "[0.1.0,0.2.0)");

    public static PackedModelContents Contents { get; } = new(["config.json", "tokenizer.json"], [VectorName], [MatrixName, SecondMatrixName]);

    public static byte[] Config { get; } = "{\"model_type\":\"olmoe\"}"u8.ToArray();

    public static float[] Norm { get; } = [1.5f, -2f, 0.25f];

    /// <summary>16 x 32 codes of 3 bits with a compensator of rank 2; the lengths are no multiples of 64 on purpose.</summary>
    public static PackedMatrixRecord First { get; } = new(0, 16, 32, 3, 8, 32, false, PackedMatrixRecord.Tile16Layout, 2, 256, 68, 36);

    public static PackedMatrixRecord Second { get; } = new(0, 5, 7, 4, 0, 64, true, PackedMatrixRecord.Tile16Layout, 0, 545, 0, 0);

    public static byte[] Pattern(long length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static void Write(string path, Func<string, Stream>? create = null)
    {
        using PackedModelWriter writer = new(path, Header, Contents, create);
        WriteContents(writer);
        writer.Commit(Record);
    }

    public static void WriteContents(PackedModelWriter writer)
    {
        writer.WriteFile("config.json", Config);
        writer.WriteFile("tokenizer.json", Pattern(100, 1));
        writer.WriteMatrix(MatrixName, First, Pattern(256, 2), Pattern(68, 3), Pattern(36, 4));
        writer.WriteVector(VectorName, Norm, 3);
        writer.WriteMatrix(SecondMatrixName, Second, Pattern(545, 5), [], []);
    }
}
