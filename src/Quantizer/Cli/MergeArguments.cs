using System.CommandLine;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>The options of <c>merge</c>, and what they mean.</summary>
internal sealed class MergeArguments
{
    private readonly Argument<string[]> _parts = new("FILE") { Description = "The files that 'quantize --part' made, in any order.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _output = OptionValue.Create("--output", "The packed file to make.", "FILE");
    private readonly Option<string?> _reference = OptionValue.Create("--reference", "Folder of the checkpoint, to compare the packed model with; only for --evaluate.", "CHECKPOINT");
    private readonly Option<string?> _threads = OptionValue.Create("--threads", "Threads that evaluate.", "N", "one per processor");
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
    private readonly Option<string?> _log = LogOption.Create();

    /// <summary>What is done with the whole model.</summary>
    public EvaluationArguments Evaluation { get; } = new();

    public void AddTo(Command command)
    {
        command.Add(_parts);
        command.Add(_output);
        command.Add(_reference);
        Evaluation.AddTo(command);
        foreach (Option option in (Option[])[_threads, _json, _log])
            command.Add(option);
    }

    public IReadOnlyList<string> Parts(ParseResult result) => result.GetValue(_parts)!;

    public bool Json(ParseResult result) => result.GetValue(_json);

    public LogFormat Log(ParseResult result) => LogOption.Parse(result.GetValue(_log));

    /// <exception cref="MoEQuantException">MOEQ2007.</exception>
    public int Threads(ParseResult result) => OptionValue.Number(result, _threads, 1, QuantizeArguments.MostThreads, CliDiagnostics.Threads) ?? Environment.ProcessorCount;

    /// <exception cref="MoEQuantException">MOEQ2002, MOEQ2010.</exception>
    public string Output(ParseResult result)
    {
        string output = QuantizeArguments.OutputPath(result.GetValue(_output));
        // Parts can take hours to make.
        return Parts(result).Any(part => Path.GetFullPath(part) == output)
            ? throw new MoEQuantException(CliDiagnostics.OutputUnusable, "--output is one of the parts.", output)
            : output;
    }

    /// <summary>The checkpoint to compare with; null where none is named.</summary>
    /// <exception cref="MoEQuantException">MOEQ2023, MOEQ2049.</exception>
    public string? Reference(ParseResult result, bool needed)
    {
        string? checkpoint = result.GetValue(_reference);
        if (needed && string.IsNullOrEmpty(checkpoint))
            throw new MoEQuantException(QuantizeDiagnostics.MergeReference, "There is --evaluate, but no --reference.");
        return checkpoint is null || Directory.Exists(checkpoint)
            ? checkpoint
            : throw new MoEQuantException(CliDiagnostics.CheckpointMissing, File.Exists(checkpoint) ? "--reference is a file; expected a folder." : "--reference does not exist.", checkpoint);
    }
}
