using System.CommandLine;
using System.Text.Json;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant inspect</c>: lists the tensors of a model.</summary>
internal static class InspectCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string> model = ModelArgument.Create();
        Option<bool> json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
        Option<string?> log = LogOption.Create();
        Command command = new("inspect", "Lists tensors, bits and sizes of a model.") { model, json, log };
        command.SetAction((result, cancellationToken) => Task.Run(() =>
        {
            _ = LogOption.Parse(result.GetValue(log));
            Inspection inspection = Inspection.Open(ModelArgument.Existing(result, model));
            if (result.GetValue(json))
                WriteJson(inspection, host.Output);
            else
                WriteTable(inspection, host);
            return ExitCode.Success;
        }, cancellationToken));
        return command;
    }

    /// <summary>Fields: file, format, name, scheme, tool, runtime, formatVersion, payloadSha256, record (null but for packed files), tensors[name, kind, shape, bits, groupSize, rank, bytes], totals[tensors, weights, tensorBytes, fileBytes, bitsPerWeight].</summary>
    private static void WriteJson(Inspection inspection, TextWriter output) => JsonOutput.Write(output, json =>
    {
        json.WriteString("file", inspection.Path);
        json.WriteString("format", inspection.Format);
        json.WriteString("name", inspection.Info?.Name);
        json.WriteString("scheme", inspection.Info?.Scheme);
        json.WriteString("tool", inspection.Info?.ToolVersion);
        json.WriteString("runtime", inspection.Info?.RuntimeRange);
        json.WriteString("formatVersion", inspection.Info?.FormatVersion.ToString());
        json.WriteString("payloadSha256", inspection.Info?.PayloadSha256);
        json.WritePropertyName("record");
        if (inspection.Info is null)
            json.WriteNullValue();
        else
            json.WriteRawValue(inspection.Info.RecordJson);
        json.WriteStartArray("tensors");
        foreach (InspectedTensor tensor in inspection.Tensors)
            WriteTensor(json, tensor);
        json.WriteEndArray();
        json.WriteStartObject("totals");
        json.WriteNumber("tensors", inspection.Tensors.Count);
        json.WriteNumber("weights", inspection.WeightCount);
        json.WriteNumber("tensorBytes", inspection.TensorBytes);
        json.WriteNumber("fileBytes", inspection.FileBytes);
        json.WriteNumber("bitsPerWeight", inspection.BitsPerWeight);
        json.WriteEndObject();
    });

    private static void WriteTensor(Utf8JsonWriter json, InspectedTensor tensor)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("kind", tensor.Kind);
        json.WriteStartArray("shape");
        foreach (long dimension in tensor.Shape)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteNumber("bits", tensor.Bits);
        json.WriteNumber("groupSize", tensor.GroupSize);
        json.WriteNumber("rank", tensor.Rank);
        json.WriteNumber("bytes", tensor.Bytes);
        json.WriteEndObject();
    }

    private static void WriteTable(Inspection inspection, CliHost host)
    {
        if (inspection.Info is { } info)
            host.Output.WriteLine($"{info.Name}: {info.Scheme}, format {info.FormatVersion}, written by {info.ToolVersion}, for runtimes {info.RuntimeRange}");
        TableText.Write(host, ["Tensor", "Kind", "Shape", " Bits", " Group", " Rank", " Bytes"],
            [.. inspection.Tensors.Select(tensor => (string[])[tensor.Name, tensor.Kind, string.Join(" x ", tensor.Shape), $"{tensor.Bits}", $"{tensor.GroupSize}", $"{tensor.Rank}", $"{tensor.Bytes}"])]);
        host.Output.WriteLine($"{inspection.Tensors.Count} tensors, {inspection.WeightCount} weights, {Text.Number(inspection.BitsPerWeight, 3)} bits per weight, {Text.Bytes(inspection.FileBytes)}");
    }
}
