using System.Text.Json;
using MoEQuant.Runtime;

/// <summary>What the compression saved, as the packed model itself records it.</summary>
internal static class SizeReport
{
    public static string Describe(MoEModel model)
    {
        using JsonDocument record = JsonDocument.Parse(model.Info!.RecordJson);
        double before = record.RootElement.GetProperty("sourceBytes").GetInt64();
        using Stream packed = typeof(MoEModels).Assembly.GetManifestResourceStream("MoEQuant/TinyOlmoe.moeq")!;
        return $"{before / 1e6:F1} MB before, {packed.Length / 1e6:F1} MB after ({packed.Length / before:P1}, {model.Info.Scheme})";
    }
}
