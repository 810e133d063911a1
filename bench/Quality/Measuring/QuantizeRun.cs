using System.Globalization;
using System.Text.Json;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quality.Measuring;

/// <summary>Runs <c>moequant quantize</c> with the very arguments a user would type and measures the file it makes.</summary>
/// <param name="Text">Held-out text to score.</param>
/// <param name="Windows">Windows of 256 tokens of it.</param>
internal sealed record QuantizeRun(string Text, int Windows)
{
    /// <summary>Quantizes, measures, and deletes the packed file.</summary>
    /// <param name="checkpoint">A checkpoint folder.</param>
    /// <param name="arguments">Further arguments of <c>quantize</c>.</param>
    /// <exception cref="InvalidOperationException">The tool failed; the message is its own.</exception>
    public Measurement Measure(string checkpoint, IEnumerable<string> arguments)
    {
        string folder = Directory.CreateTempSubdirectory("moequant-quality-").FullName;
        try
        {
            using StringWriter output = new(), error = new();
            string[] line =
            [
                "quantize", checkpoint, "--output", Path.Combine(folder, "model.moeq"), .. arguments,
                "--evaluate", Text, "--evaluate-windows", Windows.ToString(CultureInfo.InvariantCulture), "--json",
            ];
            int exitCode = new Tool(new(output, error, Interactive: false)).RunAsync(line, CancellationToken.None).GetAwaiter().GetResult();
            if (exitCode != 0)
                throw new InvalidOperationException($"moequant {string.Join(' ', line)}: exit code {exitCode}. {error}");
            using JsonDocument report = JsonDocument.Parse(output.ToString());
            return Measurement.Read(report.RootElement);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
