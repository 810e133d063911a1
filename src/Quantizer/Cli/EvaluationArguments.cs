using System.CommandLine;
using System.Globalization;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Evaluation.Gates;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>quantize</c> and <c>merge</c> that measure the packed model and refuse a bad one.</summary>
internal sealed class EvaluationArguments
{
    private readonly Option<string[]> _texts = new("--evaluate") { Description = "Compare the packed model with the checkpoint on this UTF-8 text; may be given several times.", HelpName = "FILE" };
    private readonly Option<string?> _windows = OptionValue.Create("--evaluate-windows", "Windows of 256 tokens per text at most.", "N", $"{EvaluationSettings.DefaultWindows}");
    private readonly Option<string?> _perplexity = OptionValue.Create("--max-perplexity-increase", "Fail when the perplexity rises by more: 0.02 or 2%.", "X", "no limit");
    private readonly Option<string?> _divergence = OptionValue.Create("--max-kl-divergence", "Fail when the mean KL divergence from the checkpoint is larger, in nats.", "X", "no limit");
    private readonly Option<string?> _routers = OptionValue.Create("--min-router-agreement", "Fail when the routers of a layer choose fewer of the checkpoint's experts: 0.97 or 97%.", "X", "no limit");

    private readonly Option<string?> _report = OptionValue.Create("--report", "Write a report as one HTML page, and its data beside it as .json.", "FILE");

    private IReadOnlyList<Option> All => [_texts, _windows, _perplexity, _divergence, _routers, _report];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Add(option);
    }

    /// <summary>Reads and checks everything, the texts included; null when nothing is to be measured.</summary>
    /// <exception cref="MoEQuantException">MOEQ2060–2063, 3001–3003, 3033.</exception>
    public EvaluationSettings? Parse(ParseResult result)
    {
        QualityGates gates = new(
            Share(result, _perplexity, 1000, GateOptionDiagnostics.PerplexityIncrease),
            OptionValue.Number(result, _divergence, 0d, 1000d, GateOptionDiagnostics.Divergence),
            Share(result, _routers, 1, GateOptionDiagnostics.RouterAgreement));
        int windows = OptionValue.Number(result, _windows, 1, int.MaxValue, GateOptionDiagnostics.Windows) ?? EvaluationSettings.DefaultWindows;
        string[] paths = result.GetValue(_texts) ?? [];
        if (paths.Length > 0)
            return new([.. paths.Select(EvaluationSample.Read)], windows, gates);
        return gates.Any ? throw new MoEQuantException(GateDiagnostics.NoText, "There is a limit on the loss of quality, but no --evaluate.") : null;
    }

    /// <summary>The report's page, absolute; null for none.</summary>
    /// <exception cref="MoEQuantException">MOEQ2064, MOEQ5020.</exception>
    public string? Report(ParseResult result)
    {
        if (result.GetResult(_report) is null)
            return null;
        string path = result.GetValue(_report) ?? "";
        if (Path.GetExtension(path).ToLowerInvariant() is not (".html" or ".htm") || Directory.Exists(path))
            throw new MoEQuantException(GateOptionDiagnostics.Report, $"--report is '{path}'.");
        // Now, not after hours of work.
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new MoEQuantException(OutputDiagnostics.FolderMissing, "The folder of --report does not exist.", path);
        return Path.GetFullPath(path);
    }

    /// <summary>Refuses everything that is to be done with a whole model where only a part of it is made.</summary>
    /// <exception cref="MoEQuantException">MOEQ2045.</exception>
    public void RequireNone(ParseResult result)
    {
        string[] given = [.. All.Where(option => result.GetResult(option) is not null).Select(option => option.Name)];
        if (given.Length > 0)
            throw new MoEQuantException(QuantizeDiagnostics.PartOfWhole, $"{string.Join(", ", given)} and --part are given together.");
    }

    /// <summary>A share such as <c>0.02</c> or <c>2%</c>, or null when the option is absent.</summary>
    private static double? Share(ParseResult result, Option<string?> option, double highest, DiagnosticDescriptor descriptor)
    {
        if (result.GetResult(option) is null)
            return null;
        string text = (result.GetValue(option) ?? "").Trim();
        bool percent = text.EndsWith('%');
        if (double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && (percent ? value / 100 : value) is var share && share >= 0 && share <= highest)
            return share;
        throw new MoEQuantException(descriptor, string.Create(CultureInfo.InvariantCulture, $"{option.Name} is '{text}'; expected a share from 0 to {highest}, or a percentage."));
    }
}
