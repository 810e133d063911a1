using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>quantize</c>, and what they mean.</summary>
internal sealed class QuantizeArguments
{
    public const int MostThreads = 1024;

    private readonly Argument<string> _checkpoint = new("CHECKPOINT") { Description = "Folder of a Hugging Face checkpoint: config.json, tokenizer.json and safetensors files." };
    private readonly Option<string?> _output = OptionValue.Create("--output", "The packed file to make.", "FILE");
    private readonly Option<string?> _name = OptionValue.Create("--name", "The model's name.", "NAME", "the checkpoint folder's name");
    private readonly Option<string?> _scheme = OptionValue.Create("--scheme", "Weight and activation bits: W3A16 or W4A16.", "SCHEME", "W3A16");
    private readonly Option<string?> _groupSize = OptionValue.Create("--group-size", "Columns that share a scale: 32, 64 or 128.", "G", "64");
    private readonly Option<string?> _denseRank = OptionValue.Create("--dense-rank", "Compensator rank of matrices that every token uses; 0 for none.", "R", $"{QuantizationOptions.DefaultDenseRank}");
    private readonly Option<string?> _sparseRank = OptionValue.Create("--sparse-rank", "Compensator rank of routed experts; 0 for none.", "R", $"{QuantizationOptions.DefaultSparseRank}");
    private readonly Option<string?> _compensatorBits = OptionValue.Create("--compensator-bits", "Bits of the compensators: 8 or 3.", "B", "8");
    private readonly Option<string?> _threads = OptionValue.Create("--threads", "Threads; the result does not depend on them.", "N", "one per processor");
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
    private readonly Option<string?> _log = LogOption.Create();

    public void AddTo(Command command)
    {
        command.Add(_checkpoint);
        foreach (Option option in (Option[])[_output, _name, _scheme, _groupSize, _denseRank, _sparseRank, _compensatorBits, _threads, _json, _log])
            command.Add(option);
    }

    public string Checkpoint(ParseResult result) => result.GetValue(_checkpoint)!;

    public bool Json(ParseResult result) => result.GetValue(_json);

    public LogFormat Log(ParseResult result) => LogOption.Parse(result.GetValue(_log));

    /// <exception cref="MoEQuantException">MOEQ2002, MOEQ2010.</exception>
    public string Output(ParseResult result)
    {
        string? output = result.GetValue(_output);
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

    /// <exception cref="MoEQuantException">MOEQ2003–2008.</exception>
    public QuantizationOptions Options(ParseResult result) => new()
    {
        Name = Name(result),
        Scheme = Scheme(result),
        GroupSize = OptionValue.Choice(result, _groupSize, [32, 64, 128], CliDiagnostics.GroupSize) ?? 64,
        DenseRank = OptionValue.Number(result, _denseRank, 0, QuantizationOptions.LargestRank, CliDiagnostics.Rank) ?? QuantizationOptions.DefaultDenseRank,
        SparseRank = OptionValue.Number(result, _sparseRank, 0, QuantizationOptions.LargestRank, CliDiagnostics.Rank) ?? QuantizationOptions.DefaultSparseRank,
        CompensatorBits = OptionValue.Choice(result, _compensatorBits, [8, 3], CliDiagnostics.CompensatorBits) ?? 8,
        ThreadCount = OptionValue.Number(result, _threads, 1, MostThreads, CliDiagnostics.Threads) ?? Environment.ProcessorCount,
    };

    private string Name(ParseResult result)
    {
        string? name = result.GetResult(_name) is null ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Checkpoint(result)))) : result.GetValue(_name);
        if (string.IsNullOrWhiteSpace(name) || name.Length > 200 || name.Any(char.IsControl))
            throw new MoEQuantException(CliDiagnostics.Name, $"The name is '{name}' ({name?.Length ?? 0} characters); expected 1 to 200 without control characters.");
        return name;
    }

    private QuantizationScheme Scheme(ParseResult result)
    {
        if (result.GetResult(_scheme) is null)
            return new(3, 16);
        string text = result.GetValue(_scheme) ?? "";
        return QuantizationScheme.TryParse(text, out QuantizationScheme scheme)
            ? scheme
            : throw new MoEQuantException(CliDiagnostics.Scheme, $"--scheme is '{text}'; expected one of {string.Join(", ", QuantizationScheme.Supported)}.");
    }
}
