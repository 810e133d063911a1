using System.CommandLine;
using System.Globalization;
using MoEQuant.Quality.Measuring;

namespace MoEQuant.Quality.Ladder;

/// <summary>Quality against size: every method on every model, KL divergence first.</summary>
internal static class LadderCommand
{
    public static Command Create()
    {
        Option<string> models = new("--models") { Description = "Folder with one folder per checkpoint, valid.txt to calibrate with and test.txt to score.", Required = true };
        Option<int> windows = new("--windows") { Description = "Windows of 256 tokens to score.", DefaultValueFactory = _ => 30 };
        Option<string?> only = new("--only") { Description = "Only methods whose name contains this." };
        Command command = new("ladder", "Measures every method on every model.") { models, windows, only };
        command.SetAction(result => Run(result.GetValue(models)!, result.GetValue(windows), result.GetValue(only), Console.Out));
        return command;
    }

    private static void Run(string folder, int windows, string? only, TextWriter output)
    {
        QuantizeRun run = new(Path.Combine(folder, "test.txt"), windows);
        LadderStep[] steps = [.. LadderStep.All.Where(step => only is null || step.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        foreach (string checkpoint in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            output.WriteLine($"### {Path.GetFileName(checkpoint)}");
            output.WriteLine();
            List<(LadderStep Step, Measurement Measured)> rows = [];
            foreach (LadderStep step in steps)
            {
                rows.Add((step, run.Measure(checkpoint, step.Words(Path.Combine(folder, "valid.txt")))));
                Console.Error.WriteLine($"{Path.GetFileName(checkpoint)}: {step.Name}: {rows[^1].Measured.Divergence:F5}");
            }

            Write(rows, output);
        }

        output.WriteLine("Methods, as arguments of `moequant quantize`:");
        output.WriteLine();
        MarkdownTable.Write(output, ["Method", "Arguments"], steps.Select(step => (string[])[step.Name, step.Arguments.Length == 0 ? "none" : $"`{step.Arguments.Replace("{calibration}", "valid.txt", StringComparison.Ordinal)}`"]));
    }

    private static void Write(List<(LadderStep Step, Measurement Measured)> rows, TextWriter output)
    {
        double three = Baseline(rows, "Round to nearest, 3 bits"), four = Baseline(rows, "Round to nearest, 4 bits");
        Measurement any = rows[0].Measured;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Unquantized: perplexity {any.ReferencePerplexity:F3} over {any.Tokens} tokens."));
        output.WriteLine();
        MarkdownTable.Write(output, ["Method", "bits/weight", "file MB", "mean KL", "of RTN 3", "of RTN 4", "perplexity", "top-1", "lowest router agreement"], rows.Select(row => (string[])
        [
            row.Step.Name,
            Format(row.Measured.BitsPerWeight, "F2"),
            Format(row.Measured.PackedBytes / 1e6, "F2"),
            Format(row.Measured.Divergence, "F5"),
            Format(row.Measured.Divergence / three, "F2"),
            Format(row.Measured.Divergence / four, "F2"),
            Format(row.Measured.Perplexity, "F3"),
            Format(row.Measured.Top1Agreement, "P1"),
            Format(row.Measured.LowestRouterAgreement, "P1"),
        ]));
    }

    private static double Baseline(List<(LadderStep Step, Measurement Measured)> rows, string name) =>
        rows.Where(row => row.Step.Name == name).Select(row => row.Measured.Divergence).FirstOrDefault(double.NaN);

    private static string Format(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);
}
