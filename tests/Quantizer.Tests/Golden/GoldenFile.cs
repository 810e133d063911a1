using System.Runtime.InteropServices;
using System.Text.Json;

namespace MoEQuant.Quantizer.Tests.Golden;

/// <summary>What an independent float32 reference computed for a checkpoint: golden.json and golden_logits.f32.</summary>
internal sealed class GoldenFile
{
    private const int Vocabulary = 4096;

    private GoldenFile(double perplexity, int context, IReadOnlyList<GoldenCase> cases)
    {
        Perplexity = perplexity;
        Context = context;
        Cases = cases;
    }

    /// <summary>Perplexity of test.txt over the first 120 windows.</summary>
    public double Perplexity { get; }

    public int Context { get; }

    public IReadOnlyList<GoldenCase> Cases { get; }

    public static GoldenFile Read(string folder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        float[] logits = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "golden_logits.f32"))).ToArray();
        JsonElement root = document.RootElement;
        return new GoldenFile(root.GetProperty("perplexity").GetDouble(), root.GetProperty("context").GetInt32(),
        [
            .. root.GetProperty("cases").EnumerateArray().Select(c => new GoldenCase(
                c.GetProperty("prompt").GetString()!,
                Ints(c.GetProperty("ids")),
                Ints(c.GetProperty("greedy_continuation")),
                c.GetProperty("router_last_token").EnumerateArray().ToDictionary(r => r.GetProperty("layer").GetInt32(), r => Ints(r.GetProperty("experts"))),
                logits[(c.GetProperty("last_logits_row").GetInt32() * Vocabulary)..((c.GetProperty("last_logits_row").GetInt32() + 1) * Vocabulary)],
                c.GetProperty("mean_nll").GetDouble())),
        ]);
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}
