using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Parts;

namespace MoEQuant.Quantizer.Cli;

/// <summary>What <c>quantize --part</c> says at the end.</summary>
internal static class PartReport
{
    /// <summary>Fields: file, name, scheme, part, parts, pieces[], bytes, phases[name, seconds], peakMemoryBytes. Only the last two differ from run to run.</summary>
    public static void WriteJson(PartResult result, TextWriter output) => JsonOutput.Write(output, json =>
    {
        json.WriteString("file", result.Path);
        json.WriteString("name", result.Name);
        json.WriteString("scheme", result.Scheme.ToString());
        json.WriteNumber("part", result.Part.Number);
        json.WriteNumber("parts", result.Part.Count);
        json.WriteStartArray("pieces");
        foreach (string unit in result.Units)
            json.WriteStringValue(unit);
        json.WriteEndArray();
        json.WriteNumber("bytes", result.Bytes);
        json.WriteStartArray("phases");
        foreach (PhaseStatistics phase in result.Statistics.Phases)
        {
            json.WriteStartObject();
            json.WriteString("name", phase.Name);
            json.WriteNumber("seconds", phase.Seconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("peakMemoryBytes", result.Statistics.PeakMemoryBytes);
    });

    /// <summary>The same as a line.</summary>
    public static void WriteLine(PartResult result, TextWriter output) =>
        output.WriteLine($"{result.Name}: part {result.Part} ({string.Join(", ", result.Units)}), {result.Scheme}, {Text.Bytes(result.Bytes)}: {result.Path}");
}
