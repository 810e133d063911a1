using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Calibration;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>quantize</c> that say what the model is calibrated on.</summary>
internal sealed class CalibrationArguments
{
    private readonly Option<string[]> _calibration = new("--calibration")
    {
        Description = "Text to calibrate on: a UTF-8 file (repeatable), self for text that the model writes, or none. [default: none]",
        HelpName = "FILE|self|none",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _tokens = OptionValue.Create("--calibration-tokens", "Tokens that every matrix is calibrated on; rounded up to whole sequences.", "N", $"{Default.SequenceCount * Default.SequenceLength}");
    private readonly Option<string?> _balance = OptionValue.Create("--balance", "Every expert is calibrated on at least R times the average number of tokens; 0 takes what the router sends.", "R", "2");
    private readonly Option<string?> _minExpertTokens = OptionValue.Create("--min-expert-tokens", "Fewer routed tokens than this are worth a warning or a failure.", "N", "0");
    private readonly Option<string?> _shortage = OptionValue.Create("--expert-shortage", "What happens below --min-expert-tokens: warn or fail.", "ACTION", "warn");
    private readonly Option<string?> _seed = OptionValue.Create("--seed", "Chooses the sequences, and what the model writes itself.", "S", "1");

    private static CalibrationOptions Default { get; } = new();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_calibration, _tokens, _balance, _minExpertTokens, _shortage, _seed])
            command.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="MoEQuantException">MOEQ2013, MOEQ2038–2042.</exception>
    public CalibrationOptions Parse(ParseResult result)
    {
        string[] texts = result.GetValue(_calibration) ?? [];
        string? word = Array.Find(texts, text => text is "self" or "none");
        if (texts.Length > 1 && word is not null)
            throw new MoEQuantException(QuantizeDiagnostics.Calibration, $"--calibration is given {texts.Length} times, once as '{word}'.");
        if (texts.Contains(""))
            throw new MoEQuantException(QuantizeDiagnostics.Calibration, "--calibration is ''; expected a file, self or none.");
        int tokens = OptionValue.Number(result, _tokens, 1, 1 << 30, QuantizeDiagnostics.CalibrationTokens) ?? Default.SequenceCount * Default.SequenceLength;
        return Default with
        {
            Source = word == "self" ? CalibrationSource.Self : word == "none" || texts.Length == 0 ? CalibrationSource.None : CalibrationSource.Files,
            Files = word is null ? [.. texts.Select(Path.GetFullPath)] : [],
            SequenceLength = Math.Clamp(tokens, 2, Default.SequenceLength),
            SequenceCount = (tokens + Default.SequenceLength - 1) / Default.SequenceLength,
            BalanceRatio = OptionValue.Number(result, _balance, 0.0, 1000.0, QuantizeDiagnostics.Balance) ?? Default.BalanceRatio,
            MinExpertTokens = OptionValue.Number(result, _minExpertTokens, 0, 1 << 30, QuantizeDiagnostics.MinExpertTokens) ?? 0,
            StarvedExperts = OptionValue.Name<StarvedExpertAction>(result, _shortage, QuantizeDiagnostics.ExpertShortage) ?? StarvedExpertAction.Warn,
            Seed = OptionValue.Number(result, _seed, ulong.MinValue, ulong.MaxValue, CliDiagnostics.Seed) ?? Default.Seed,
        };
    }
}
