using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Evaluation.Gates;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Reporting;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant quantize</c>.</summary>
internal static class QuantizeCommand
{
    public static Command Create(CliHost host)
    {
        QuantizeArguments arguments = new();
        EvaluationArguments evaluation = new();
        Command command = new("quantize", "Makes a packed model (.moeq) from a Hugging Face checkpoint.");
        arguments.AddTo(command);
        evaluation.AddTo(command);
        command.SetAction((result, cancellationToken) => Task.Run(() => Run(arguments, evaluation, result, host, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(QuantizeArguments arguments, EvaluationArguments evaluation, ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        LogFormat log = arguments.Log(result);
        QuantizationOptions options = arguments.Options(result);
        string output = arguments.Output(result);
        string checkpoint = arguments.Checkpoint(result);
        if (!Directory.Exists(checkpoint))
            throw new MoEQuantException(CliDiagnostics.CheckpointMissing, File.Exists(checkpoint) ? "CHECKPOINT is a file; expected a folder." : "CHECKPOINT does not exist.", checkpoint);

        EvaluationSettings? settings = evaluation.Parse(result);
        string? report = evaluation.Report(result);
        IQuantizationProgress lines = arguments.Json(result) ? new WarningsOnly(host.Error) : new LineProgress(host.Output);
        bool bar = !arguments.Json(result) && log == LogFormat.Human && host.Interactive;
        using CheckpointFolder folder = CheckpointFolder.Open(checkpoint);
        QuantizationSource source = CheckpointSource.Create(folder);
        QuantizationResult made = bar ? BarProgress.Run(host.Console, progress => Quantize(progress)) : Quantize(lines);

        WriteReport(made);
        if (arguments.Json(result))
            QuantizeReport.WriteJson(made, options, host.Output);
        else if (log == LogFormat.MSBuild)
            QuantizeReport.WriteLine(made, host.Output);
        else
            QuantizeReport.WriteTable(made, host);
        return ExitCode.Success;

        QuantizationResult Quantize(IQuantizationProgress? progress) =>
            new QuantizationPipeline(source, options) { Review = Review(checkpoint, settings, options, progress, WriteReport) }.Run(output, progress, cancellationToken);

        void WriteReport(QuantizationResult figures)
        {
            if (report is null)
                return;
            ReportFiles.Write(new(figures, options, settings?.Gates), report);
            if (!arguments.Json(result))
                host.Output.WriteLine($"Report: {report}");
        }
    }

    private static QualityReview? Review(string checkpoint, EvaluationSettings? settings, QuantizationOptions options, IQuantizationProgress? progress, Action<QuantizationResult> refused)
    {
        if (settings is null)
            return null;
        QualityReview review = new(checkpoint, settings, options.ThreadCount) { Progress = progress is null ? null : progress.ReportEvaluation, Refused = refused };
        review.Prepare();
        return review;
    }
}
