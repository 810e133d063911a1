using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Parts;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>quantize</c>, and what they mean.</summary>
internal sealed class QuantizeArguments
{
    public const int MostThreads = 1024;

    private readonly Argument<string> _checkpoint = new("CHECKPOINT") { Description = "Folder of a Hugging Face checkpoint: config.json, tokenizer.json and safetensors files." };
    private readonly Option<string?> _output = OptionValue.Create("--output", "The packed file to make.", "FILE");
    private readonly Option<string?> _name = OptionValue.Create("--name", "The model's name.", "NAME", "the checkpoint folder's name");
    private readonly RecipeArguments _recipe = new();
    private readonly CalibrationArguments _calibration = new();
    private readonly CorrectionArguments _corrections = new();
    private readonly Option<string?> _cache = OptionValue.Create("--cache", "Folder that keeps finished layers: interrupted runs go on, equal ones take no time. May be shared.", "DIR");
    private readonly Option<string?> _part = OptionValue.Create("--part", "Make the i-th of n parts of the model, on any machine; 'moequant merge' makes the packed file of them.", "i/n");
    private readonly Option<string?> _device = OptionValue.Create("--device", $"What computes: {string.Join(", ", DeviceNames.All)}. All but managed need the engine that is built with TorchSharp.", "NAME", DeviceNames.Managed);
    private readonly Option<string?> _threads = OptionValue.Create("--threads", "Threads; the result does not depend on them.", "N", "one per processor");
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
    private readonly Option<string?> _log = LogOption.Create();

    public void AddTo(Command command)
    {
        command.Add(_checkpoint);
        command.Add(_output);
        command.Add(_name);
        _recipe.AddTo(command);
        _calibration.AddTo(command);
        _corrections.AddTo(command);
        foreach (Option option in (Option[])[_cache, _part, _device, _threads, _json, _log])
            command.Add(option);
    }

    public string Checkpoint(ParseResult result) => result.GetValue(_checkpoint)!;

    public bool Json(ParseResult result) => result.GetValue(_json);

    public LogFormat Log(ParseResult result) => LogOption.Parse(result.GetValue(_log));

    /// <exception cref="MoEQuantException">MOEQ2002, MOEQ2010.</exception>
    public string Output(ParseResult result) => OutputPath(result.GetValue(_output));

    /// <summary>The part to make; null for the whole model.</summary>
    /// <exception cref="MoEQuantException">MOEQ2044.</exception>
    public PartNumber? Part(ParseResult result) => result.GetResult(_part) is null ? null : PartNumber.TryParse(result.GetValue(_part) ?? "", out PartNumber part)
        ? part
        : throw new MoEQuantException(QuantizeDiagnostics.Part, $"--part is '{result.GetValue(_part)}'; expected i/n, two whole numbers with 1 <= i <= n.");

    /// <summary>The device to compute on.</summary>
    /// <exception cref="MoEQuantException">MOEQ2091, MOEQ2092.</exception>
    public NumericDevice Device(ParseResult result, IReadOnlyList<NumericDevice> devices) =>
        result.GetResult(_device) is null ? NumericDevice.Managed : NumericDevice.Find(result.GetValue(_device) ?? "", devices);

    /// <summary>The value of <c>--output</c> as an absolute path.</summary>
    /// <exception cref="MoEQuantException">MOEQ2002, MOEQ2010.</exception>
    internal static string OutputPath(string? output)
    {
        if (string.IsNullOrWhiteSpace(output))
            throw new MoEQuantException(CliDiagnostics.OutputMissing, "There is no --output.");
        string path = Path.GetFullPath(output);
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(output))
            throw new MoEQuantException(CliDiagnostics.OutputUnusable, "--output is a folder; expected a file.", output);
        // A slip of the finger must not cost the user a checkpoint.
        if (Path.GetExtension(path) is ".safetensors" or ".json")
            throw new MoEQuantException(CliDiagnostics.OutputUnusable, $"--output ends in {Path.GetExtension(path)}, as a checkpoint's own files do; expected another extension.", output);
        return path;
    }

    /// <exception cref="MoEQuantException">MOEQ2003–2008, MOEQ2013, MOEQ2030–2043.</exception>
    public QuantizationOptions Options(ParseResult result) => _recipe.Apply(result, new()
    {
        Name = Name(result),
        Calibration = _calibration.Parse(result),
        Corrections = _corrections.Parse(result),
        CacheFolder = result.GetValue(_cache) is { Length: > 0 } cache ? Path.GetFullPath(cache) : null,
        ThreadCount = OptionValue.Number(result, _threads, 1, MostThreads, CliDiagnostics.Threads) ?? Environment.ProcessorCount,
    });

    private string Name(ParseResult result)
    {
        string? name = result.GetResult(_name) is null ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Checkpoint(result)))) : result.GetValue(_name);
        if (string.IsNullOrWhiteSpace(name) || name.Length > 200 || name.Any(char.IsControl))
            throw new MoEQuantException(CliDiagnostics.Name, $"The name is '{name}' ({name?.Length ?? 0} characters); expected 1 to 200 without control characters.");
        return name;
    }
}
