using System.Runtime.InteropServices;
using System.Text.Json;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Benchmarks;

namespace MoEQuant.Quantizer.Cli;

/// <summary>What <c>bench</c> says at the end.</summary>
internal static class BenchReport
{
    public static void Write(BenchRequest request, string path, BenchmarkResult measured, CliHost host)
    {
        if (request.Json)
            JsonOutput.Write(host.Output, json => WriteJson(json, request, path, measured));
        else
            WriteText(request, path, measured, host.Output);
    }

    /// <summary>
    /// Fields: model, shape, layers, scheme, denseRank, sparseRank (null but for synthetic models), fileBytes, prompt, generate, repetitions, threads, activations, keyValues, kernel,
    /// prefillTokensPerSecond, decodeTokensPerSecond (medians), prefillRuns, decodeRuns, loadMilliseconds, timeToFirstTokenMilliseconds, residentBytes, peakResidentBytes,
    /// processor, processorCount, version, framework, system.
    /// </summary>
    private static void WriteJson(Utf8JsonWriter json, BenchRequest request, string path, BenchmarkResult measured)
    {
        bool synthetic = request.Shape is not null;
        json.WriteString("model", request.Model);
        json.WriteString("shape", request.Shape?.Name);
        WriteOptional(json, "layers", synthetic ? request.Layers : null);
        json.WriteString("scheme", synthetic ? request.Format.Scheme.ToString() : null);
        WriteOptional(json, "denseRank", synthetic ? request.Format.DenseRank : null);
        WriteOptional(json, "sparseRank", synthetic ? request.Format.SparseRank : null);
        WriteOptional(json, "fileBytes", FileBytes(path));
        json.WriteNumber("prompt", request.Settings.Prompt);
        json.WriteNumber("generate", request.Settings.Generate);
        json.WriteNumber("repetitions", request.Settings.Repetitions);
        json.WriteNumber("threads", Threads(request));
        json.WriteString("activations", Activations(request));
        json.WriteString("keyValues", KeyValues(request));
        json.WriteString("kernel", KernelCatalog.Best.Name);
        json.WriteNumber("prefillTokensPerSecond", Math.Round(measured.PrefillRate, 3));
        json.WriteNumber("decodeTokensPerSecond", Math.Round(measured.DecodeRate, 3));
        WriteRates(json, "prefillRuns", measured.PrefillRates);
        WriteRates(json, "decodeRuns", measured.DecodeRates);
        json.WriteNumber("loadMilliseconds", Math.Round(measured.LoadTime.TotalMilliseconds, 3));
        json.WriteNumber("timeToFirstTokenMilliseconds", Math.Round(measured.FirstTokenTime.TotalMilliseconds, 3));
        json.WriteNumber("residentBytes", measured.ResidentBytes);
        json.WriteNumber("peakResidentBytes", measured.PeakResidentBytes);
        json.WriteString("processor", Processor.Name);
        json.WriteNumber("processorCount", Environment.ProcessorCount);
        json.WriteString("version", ToolVersion.Current);
        json.WriteString("framework", RuntimeInformation.FrameworkDescription);
        json.WriteString("system", RuntimeInformation.OSDescription);
    }

    private static void WriteText(BenchRequest request, string path, BenchmarkResult measured, TextWriter output)
    {
        string subject = request.Shape is { } shape ? $"{shape.Name}, {request.Layers} layers, {request.Format.Scheme}" : request.Model!;
        string size = FileBytes(path) is { } bytes ? $", {Text.Bytes(bytes)}" : "";
        output.WriteLine($"{subject}{size}; kernel {KernelCatalog.Best.Name}, {Threads(request)} threads, activations {Activations(request)}, keys and values {KeyValues(request)}; {Processor.Name}");
        output.WriteLine($"prefill {Text.Number(measured.PrefillRate, 1)} tokens/s ({request.Settings.Prompt} tokens), decode {Text.Number(measured.DecodeRate, 1)} tokens/s ({request.Settings.Generate} tokens), medians of {request.Settings.Repetitions}");
        output.WriteLine($"first token {Text.Number(measured.FirstTokenTime.TotalMilliseconds, 0)} ms after the start of loading ({Text.Number(measured.LoadTime.TotalMilliseconds, 0)} ms), resident {Text.Bytes(measured.ResidentBytes)}");
    }

    private static int Threads(BenchRequest request) => request.Options.ThreadCount > 0 ? request.Options.ThreadCount : Environment.ProcessorCount;

    private static string Activations(BenchRequest request) => request.Options.ActivationPrecision.ToString()!.ToLowerInvariant();

    private static string KeyValues(BenchRequest request) => request.Options.KeyValuePrecision.ToString().ToLowerInvariant();

    private static long? FileBytes(string path) => File.Exists(path) ? new FileInfo(path).Length : null;

    private static void WriteOptional(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void WriteRates(Utf8JsonWriter json, string name, IReadOnlyList<double> rates)
    {
        json.WriteStartArray(name);
        foreach (double rate in rates)
            json.WriteNumberValue(Math.Round(rate, 3));
        json.WriteEndArray();
    }
}
