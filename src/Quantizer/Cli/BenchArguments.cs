using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>bench</c>, and what they mean.</summary>
internal sealed class BenchArguments
{
    private const int DefaultPrompt = 512, DefaultGenerate = 64, DefaultRepetitions = 5, MostTokens = 1_000_000, MostLayers = 1024, MostRepetitions = 10_000;
    private readonly Argument<string?> _model = new("MODEL") { Description = "A packed model (.moeq), or the folder of an unquantized checkpoint; none with --shape.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _shape = OptionValue.Create("--shape", $"Measure a synthetic model of a published shape instead: {ShapeNames}.", "NAME");
    private readonly Option<string?> _layers = OptionValue.Create("--layers", "Layers of the synthetic model.", "N", "as many as the published model has");
    private readonly Option<string?> _scheme = OptionValue.Create("--scheme", $"Weight and activation bits of the synthetic model: {QuantizationScheme.Names}.", "SCHEME", "W3A16");
    private readonly Option<string?> _groupSize = OptionValue.Create("--group-size", "Columns of the synthetic model that share a scale: 32, 64 or 128.", "G", "64");
    private readonly Option<string?> _denseRank = OptionValue.Create("--dense-rank", "Compensator rank of the synthetic model's matrices that every token uses; 0 for none.", "R", $"{QuantizationOptions.DefaultDenseRank}");
    private readonly Option<string?> _sparseRank = OptionValue.Create("--sparse-rank", "Compensator rank of the synthetic model's experts; 0 for none.", "R", $"{QuantizationOptions.DefaultSparseRank}");
    private readonly Option<string?> _prompt = OptionValue.Create("--prompt", "Tokens of the prompt.", "N", $"{DefaultPrompt}");
    private readonly Option<string?> _generate = OptionValue.Create("--generate", "Tokens to generate after it.", "N", $"{DefaultGenerate}");
    private readonly Option<string?> _repetitions = OptionValue.Create("--repetitions", "How often, after a run that warms up; the median is reported.", "N", $"{DefaultRepetitions}");
    private readonly Option<string?> _threads = OptionValue.Create("--threads", "Threads.", "N", "one per processor");
    private readonly Option<string?> _activations = OptionValue.Create("--activations", "Compute floating-point activations rounded to int8, as apps do unless they ask for exact, or exact.", "PRECISION", "int8");
    private readonly Option<string?> _keyValues = OptionValue.Create("--key-values", "Keep keys and values as float32, or as bfloat16 in half the memory.", "PRECISION", "float32");
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
    private readonly Option<string?> _log = LogOption.Create();

    private static string ShapeNames => string.Join(", ", ModelShape.All.Select(shape => shape.Name));

    public void AddTo(Command command)
    {
        command.Add(_model);
        foreach (Option option in (Option[])[_shape, _layers, _scheme, _groupSize, _denseRank, _sparseRank, _prompt, _generate, _repetitions, _threads, _activations, _keyValues, _json, _log])
            command.Add(option);
    }

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="MoEQuantException">MOEQ2003–2005, 2007, 2009, 2022, 2024–2028, 2072, 2073.</exception>
    public BenchRequest Parse(ParseResult result)
    {
        _ = LogOption.Parse(result.GetValue(_log));
        ModelShape? shape = Shape(result);
        int layers = OptionValue.Number(result, _layers, 1, MostLayers, BenchDiagnostics.Layers) ?? shape?.LayerCount ?? 0;
        BenchmarkSettings settings = new(
            OptionValue.Number(result, _prompt, 1, MostTokens, BenchDiagnostics.Length) ?? DefaultPrompt,
            OptionValue.Number(result, _generate, 1, MostTokens, BenchDiagnostics.Length) ?? DefaultGenerate,
            OptionValue.Number(result, _repetitions, 1, MostRepetitions, BenchDiagnostics.Repetitions) ?? DefaultRepetitions);
        MoEModelOptions options = new()
        {
            ContextLength = settings.Prompt + settings.Generate,
            ThreadCount = OptionValue.Number(result, _threads, 1, QuantizeArguments.MostThreads, CliDiagnostics.Threads) ?? 0,
            ActivationPrecision = OptionValue.Name<ActivationPrecision>(result, _activations, ActivationDiagnostics.Precision) ?? ActivationPrecision.Int8,
            KeyValuePrecision = OptionValue.Name<KeyValuePrecision>(result, _keyValues, ActivationDiagnostics.KeyValues) ?? KeyValuePrecision.Float32,
        };
        return new(Model(result, shape), shape, layers, Format(result), settings, options, result.GetValue(_json));
    }

    private string? Model(ParseResult result, ModelShape? shape)
    {
        string? path = result.GetValue(_model);
        if (path is null == shape is null)
            throw new MoEQuantException(BenchDiagnostics.Subject, path is null ? "There is neither MODEL nor --shape." : $"There are MODEL and --shape {shape!.Name}.");
        return path is null || Path.Exists(path) ? path : throw new MoEQuantException(CliDiagnostics.ModelMissing, "MODEL does not exist.", path);
    }

    private ModelShape? Shape(ParseResult result)
    {
        if (result.GetResult(_shape) is null)
            return null;
        string text = result.GetValue(_shape) ?? "";
        return ModelShape.All.FirstOrDefault(shape => shape.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new MoEQuantException(BenchDiagnostics.Shape, $"--shape is '{text}'; expected one of {ShapeNames}.");
    }

    private SyntheticFormat Format(ParseResult result)
    {
        QuantizationScheme scheme = new(3, 16);
        if (result.GetResult(_scheme) is not null && !QuantizationScheme.TryParse(result.GetValue(_scheme) ?? "", out scheme))
            throw new MoEQuantException(CliDiagnostics.Scheme, $"--scheme is '{result.GetValue(_scheme)}'; expected one of {QuantizationScheme.Names}.");
        SyntheticFormat format = new(scheme);
        return format with
        {
            GroupSize = OptionValue.Choice(result, _groupSize, [32, 64, 128], CliDiagnostics.GroupSize) ?? format.GroupSize,
            DenseRank = OptionValue.Number(result, _denseRank, 0, QuantizationOptions.LargestRank, CliDiagnostics.Rank) ?? format.DenseRank,
            SparseRank = OptionValue.Number(result, _sparseRank, 0, QuantizationOptions.LargestRank, CliDiagnostics.Rank) ?? format.SparseRank,
        };
    }
}
