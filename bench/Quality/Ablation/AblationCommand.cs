using System.CommandLine;
using System.Globalization;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quality.Ablation;

/// <summary>What each correction of EAQuant (arXiv 2506.13329) is worth with 4-bit activations, one scale per token.</summary>
internal static class AblationCommand
{
    private static readonly QuantizationScheme[] Schemes = [new(4, 4), new(3, 4)];

    public static Command Create()
    {
        Option<string> models = new("--models") { Description = "Folder of checkpoint folders, valid.txt (calibration) and test.txt (scoring).", Required = true };
        Option<string?> only = new("--only") { Description = "Checkpoints whose name contains this." };
        Option<int> sequences = new("--sequences") { Description = "Calibration sequences of 256 tokens.", DefaultValueFactory = _ => 32 };
        Option<int> windows = new("--windows") { Description = "Windows of 256 tokens that are scored.", DefaultValueFactory = _ => 30 };
        Command command = new("ablation", "4-bit activations with and without each correction, as markdown tables.") { models, only, sequences, windows };
        command.SetAction(result => Run(result.GetValue(models)!, result.GetValue(only) ?? "", result.GetValue(sequences), result.GetValue(windows)));
        return command;
    }

    private static void Run(string models, string only, int sequences, int windows)
    {
        string scratch = Directory.CreateTempSubdirectory("moequant-ablation-").FullName;
        try
        {
            AblationRun run = new(Path.Combine(models, "valid.txt"), Path.Combine(models, "test.txt"), sequences, windows, scratch);
            foreach (AblationModel model in AblationModel.Find(models, scratch).Where(model => model.Name.Contains(only, StringComparison.Ordinal)))
                foreach (QuantizationScheme scheme in Schemes)
                    PrintTable(run, model, scheme);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void PrintTable(AblationRun run, AblationModel model, QuantizationScheme scheme)
    {
        bool first = true;
        foreach (AblationRow row in AblationRow.All)
        {
            ComparisonResult result = run.Measure(model, scheme, row);
            if (first)
            {
                Print($"\n### {model.Name}, {scheme} (perplexity of the checkpoint {result.Reference.Perplexity:F3})\n");
                Print($"| corrections | perplexity | increase | mean KL | router agreement, mean | least |\n|---|---|---|---|---|---|");
                first = false;
            }

            Print($"| {row.Name} | {result.Model.Perplexity:F3} | {100 * result.PerplexityIncrease:F2} % | {result.MeanDivergence:F5} | {100 * result.MeanRouterAgreement:F2} % | {100 * result.MinRouterAgreement:F2} % |");
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
