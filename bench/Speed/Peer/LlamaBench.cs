using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MoEQuant.Speed.Peer;

/// <summary>Runs an installed llama-bench, of llama.cpp or of a fork.</summary>
/// <param name="path">The program.</param>
/// <param name="model">The GGUF file.</param>
internal sealed class LlamaBench(string path, string model)
{
    /// <summary>Measures once: tokens per second of a prompt, and of tokens written from an empty text.</summary>
    public (IReadOnlyList<double> Prefill, IReadOnlyList<double> Decode) Run(int prompt, int generate, int threads, int repetitions)
    {
        ProcessStartInfo start = new(path) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-m", model, "-p", Text(prompt), "-n", Text(generate), "-t", Text(threads), "-r", Text(repetitions), "-o", "json"])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{path} does not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{path} ended with {process.ExitCode}: {errors.Result}");
        using JsonDocument document = JsonDocument.Parse(output[output.IndexOf('[', StringComparison.Ordinal)..]);
        JsonElement[] tests = [.. document.RootElement.EnumerateArray()];
        return (Samples(tests.First(test => test.GetProperty("n_gen").GetInt32() == 0)), Samples(tests.First(test => test.GetProperty("n_gen").GetInt32() > 0)));
    }

    private static double[] Samples(JsonElement test) => [.. test.GetProperty("samples_ts").EnumerateArray().Select(sample => sample.GetDouble())];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
