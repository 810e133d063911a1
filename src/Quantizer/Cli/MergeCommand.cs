using System.CommandLine;
using MoEQuant.Quantizer.Evaluation.Gates;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Parts;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant merge</c>: makes the packed file of a run whose parts were made by <c>quantize --part</c>.</summary>
internal static class MergeCommand
{
    public static Command Create(CliHost host)
    {
        MergeArguments arguments = new();
        Command command = new("merge", "Makes the packed model (.moeq) of the parts that 'quantize --part' made, the same file as one run makes.");
        arguments.AddTo(command);
        command.SetAction((result, cancellationToken) => Task.Run(() => Run(arguments, result, host, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(MergeArguments arguments, ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        RunOutput output = new(host, arguments.Log(result), arguments.Json(result));
        string path = arguments.Output(result);
        EvaluationSettings? settings = arguments.Evaluation.Parse(result);
        string? report = arguments.Evaluation.Report(result);
        string? reference = arguments.Reference(result, needed: settings is not null);
        int threads = arguments.Threads(result);
        using PartSet parts = PartSet.Open(arguments.Parts(result), cancellationToken);
        QuantizationResult made = output.Follow(progress => new PartMerge(parts) { Review = Review(progress) }.Run(path, progress, cancellationToken));
        WriteReport(made);
        output.Write(made, parts.Options);
        return ExitCode.Success;

        QualityReview? Review(IQuantizationProgress progress) => settings is null ? null : QualityReview.Prepare(reference!, settings, threads, progress, WriteReport);

        void WriteReport(QuantizationResult figures) => output.WriteReport(figures, parts.Options, settings?.Gates, report);
    }
}
