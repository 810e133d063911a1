using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Evaluation.Gates;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Parts;

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
        RunOutput output = new(host, arguments.Log(result), arguments.Json(result));
        QuantizationOptions options = arguments.Options(result);
        NumericDevice device = arguments.Device(result, host.Devices);
        PartNumber? part = arguments.Part(result);
        string path = arguments.Output(result);
        string checkpoint = arguments.Checkpoint(result);
        if (!Directory.Exists(checkpoint))
            throw new MoEQuantException(CliDiagnostics.CheckpointMissing, File.Exists(checkpoint) ? "CHECKPOINT is a file; expected a folder." : "CHECKPOINT does not exist.", checkpoint);
        if (part is not null)
            evaluation.RequireNone(result);

        EvaluationSettings? settings = evaluation.Parse(result);
        string? report = evaluation.Report(result);
        INumericBackend backend = device.Open();
        options = options with { Device = backend.Device };
        using CheckpointFolder folder = CheckpointFolder.Open(checkpoint);
        QuantizationSource source = CheckpointSource.Create(folder);
        if (part is { } number)
        {
            PartResult piece = output.Follow(progress => new PartPipeline(source, options, number, backend).Run(path, progress, cancellationToken));
            if (arguments.Json(result))
                PartReport.WriteJson(piece, host.Output);
            else
                PartReport.WriteLine(piece, host.Output);
            return ExitCode.Success;
        }

        QuantizationResult made = output.Follow(progress => new QuantizationPipeline(source, options, backend) { Review = Review(progress) }.Run(path, progress, cancellationToken));
        WriteReport(made);
        output.Write(made, options);
        return ExitCode.Success;

        QualityReview? Review(IQuantizationProgress progress) => settings is null ? null : QualityReview.Prepare(checkpoint, settings, options.ThreadCount, progress, WriteReport);

        void WriteReport(QuantizationResult figures) => output.WriteReport(figures, options, settings?.Gates, report);
    }
}
