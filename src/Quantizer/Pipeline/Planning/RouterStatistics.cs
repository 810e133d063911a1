using System.Text.Json;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>How often the routers of a model picked each expert.</summary>
internal sealed class RouterStatistics
{
    private readonly Dictionary<(int Layer, int Expert), long> _tokens;
    private readonly Dictionary<int, long> _layers;

    public RouterStatistics(IEnumerable<(int Layer, int Expert, long Tokens)> counts)
    {
        _tokens = [];
        foreach ((int layer, int expert, long tokens) in counts)
            _tokens[(layer, expert)] = tokens;
        _layers = _tokens.GroupBy(pair => pair.Key.Layer).ToDictionary(layer => layer.Key, layer => layer.Sum(pair => pair.Value));
    }

    /// <summary>The expert's share of the layer's routed tokens; null where nothing is known of it.</summary>
    public double? Share(int layer, int expert) =>
        _tokens.TryGetValue((layer, expert), out long tokens) && _layers[layer] > 0 ? (double)tokens / _layers[layer] : null;

    /// <summary>Reads a statistics file: the JSON that the report of a calibrated run is written as, of which <c>layers[].layer</c> and <c>layers[].experts[].expert</c>, <c>.routedTokens</c> are used.</summary>
    /// <exception cref="MoEQuantException">MOEQ2046: the file cannot be read or does not say it.</exception>
    public static RouterStatistics Load(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new(document.RootElement.GetProperty("layers").EnumerateArray().SelectMany(layer => layer.GetProperty("experts").EnumerateArray().Select(expert =>
                (layer.GetProperty("layer").GetInt32(), expert.GetProperty("expert").GetInt32(), expert.GetProperty("routedTokens").GetInt64()))).ToArray());
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new MoEQuantException(PlanningDiagnostics.StatisticsFile, DiagnosticText.Sentence(cause.Message), path, cause);
        }
    }
}
