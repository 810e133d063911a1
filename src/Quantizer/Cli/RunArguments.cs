using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>run</c>, and what they mean.</summary>
internal sealed class RunArguments
{
    private const int DefaultMaxTokens = 128;
    private readonly Option<string?> _prompt = OptionValue.Create("--prompt", "The text to continue.", "TEXT");
    private readonly Option<string?> _maxTokens = OptionValue.Create("--max-tokens", "Tokens to generate at most.", "N", $"{DefaultMaxTokens}");
    private readonly Option<string?> _temperature = OptionValue.Create("--temperature", "Randomness; 0 always takes the most probable token.", "T", "0");
    private readonly Option<string?> _seed = OptionValue.Create("--seed", "Seed of the random choice.", "N", "0");
    private readonly Option<string?> _topK = OptionValue.Create("--top-k", "Choose among the K most probable tokens; 0 for all.", "K", "0");
    private readonly Option<string?> _topP = OptionValue.Create("--top-p", "Choose among the most probable tokens that together reach P.", "P", "1");
    private readonly Option<string?> _minP = OptionValue.Create("--min-p", "Drop tokens below P times the most probable one.", "P", "0");
    private readonly Option<string?> _repetitionPenalty = OptionValue.Create("--repetition-penalty", "Makes tokens that occurred less probable; 1 for none.", "R", "1");
    private readonly Option<string?> _threads = OptionValue.Create("--threads", "Threads.", "N", "one per processor");

    public Option<string?> Log { get; } = LogOption.Create();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_prompt, _maxTokens, _temperature, _seed, _topK, _topP, _minP, _repetitionPenalty, _threads, Log])
            command.Add(option);
    }

    /// <exception cref="MoEQuantException">MOEQ2018.</exception>
    public string Prompt(ParseResult result) => result.GetValue(_prompt) is { Length: > 0 } prompt
        ? prompt
        : throw new MoEQuantException(CliDiagnostics.Prompt, result.GetResult(_prompt) is null ? "There is no --prompt." : "--prompt is empty.");

    /// <exception cref="MoEQuantException">MOEQ2007.</exception>
    public int Threads(ParseResult result) => OptionValue.Number(result, _threads, 1, QuantizeArguments.MostThreads, CliDiagnostics.Threads) ?? 0;

    /// <exception cref="MoEQuantException">MOEQ2011–2017.</exception>
    public GenerationOptions Options(ParseResult result) => new()
    {
        MaxTokens = OptionValue.Number(result, _maxTokens, 1, 1_000_000, CliDiagnostics.MaxTokens) ?? DefaultMaxTokens,
        Temperature = OptionValue.Number(result, _temperature, 0f, 100f, CliDiagnostics.Temperature) ?? 0,
        // A fixed seed unless asked otherwise: the same command gives the same text.
        Seed = OptionValue.Number<ulong>(result, _seed, 0, ulong.MaxValue, CliDiagnostics.Seed) ?? 0,
        TopK = OptionValue.Number(result, _topK, 0, 1_000_000, CliDiagnostics.TopK) ?? 0,
        TopP = OptionValue.Number(result, _topP, 0f, 1f, CliDiagnostics.TopP, lowestExcluded: true) ?? 1,
        MinP = OptionValue.Number(result, _minP, 0f, 1f, CliDiagnostics.MinP) ?? 0,
        RepetitionPenalty = OptionValue.Number(result, _repetitionPenalty, 0f, 100f, CliDiagnostics.RepetitionPenalty, lowestExcluded: true) ?? 1,
    };
}
