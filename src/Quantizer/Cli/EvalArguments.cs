using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>eval</c>, and what they mean.</summary>
internal sealed class EvalArguments
{
    private const int DefaultContext = 256;
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly Option<string?> _text = OptionValue.Create("--text", "The UTF-8 text to predict.", "FILE");
    private readonly Option<string?> _reference = OptionValue.Create("--reference", "Compare with this model too, usually the checkpoint that MODEL was made from.", "CHECKPOINT");
    private readonly Option<string?> _context = OptionValue.Create("--context", "Tokens per window; windows do not overlap.", "C", $"{DefaultContext}");
    private readonly Option<string?> _windows = OptionValue.Create("--windows", "Windows at most.", "N", "all");
    private readonly Option<string?> _threads = OptionValue.Create("--threads", "Threads.", "N", "one per processor");
    private readonly Option<string?> _activations = OptionValue.Create("--activations", "Compute MODEL's floating-point activations rounded to int8, as apps do unless they ask for exact, or exact.", "PRECISION", "int8");
    private readonly Option<string?> _keyValues = OptionValue.Create("--key-values", "Keep keys and values as float32, or as bfloat16 in half the memory.", "PRECISION", "float32");
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
    private readonly Option<string?> _log = LogOption.Create();

    public void AddTo(Command command)
    {
        command.Add(_model);
        foreach (Option option in (Option[])[_text, _reference, _context, _windows, _threads, _activations, _keyValues, _json, _log])
            command.Add(option);
    }

    /// <summary>Reads and checks everything, the text included.</summary>
    /// <exception cref="MoEQuantException">MOEQ2007, 2009, 2019–2022, 2072, 2073, 3001–3003.</exception>
    public EvalRequest Parse(ParseResult result)
    {
        LogFormat log = LogOption.Parse(result.GetValue(_log));
        int context = OptionValue.Number(result, _context, 2, 1_000_000, CliDiagnostics.Context) ?? DefaultContext;
        int? windows = OptionValue.Number(result, _windows, 1, int.MaxValue, CliDiagnostics.Windows);
        int threads = OptionValue.Number(result, _threads, 1, QuantizeArguments.MostThreads, CliDiagnostics.Threads) ?? 0;
        ActivationPrecision precision = OptionValue.Name<ActivationPrecision>(result, _activations, ActivationDiagnostics.Precision) ?? ActivationPrecision.Int8;
        KeyValuePrecision keyValues = OptionValue.Name<KeyValuePrecision>(result, _keyValues, ActivationDiagnostics.KeyValues) ?? KeyValuePrecision.Float32;
        string? text = result.GetValue(_text);
        if (string.IsNullOrWhiteSpace(text))
            throw new MoEQuantException(CliDiagnostics.TextMissing, "There is no --text.");
        string model = ModelArgument.Existing(result, _model);
        string? reference = result.GetResult(_reference) is null ? null : result.GetValue(_reference) ?? "";
        if (reference is not null && !Path.Exists(reference))
            throw new MoEQuantException(CliDiagnostics.ModelMissing, "The model of --reference does not exist.", reference);
        return new(model, reference, EvaluationSample.Read(text), context, windows, threads, precision, keyValues, result.GetValue(_json), log);
    }
}
