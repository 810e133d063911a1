using System.CommandLine;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant quantize</c>.</summary>
internal static class QuantizeCommand
{
    public static Command Create(CliHost host)
    {
        QuantizeArguments arguments = new();
        Command command = new("quantize", "Makes a packed model (.moeq) from a Hugging Face checkpoint.");
        arguments.AddTo(command);
        command.SetAction((result, cancellationToken) => Task.Run(() => Run(arguments, result, host, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(QuantizeArguments arguments, ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        LogFormat log = arguments.Log(result);
        QuantizationOptions options = arguments.Options(result);
        string output = arguments.Output(result);
        string checkpoint = arguments.Checkpoint(result);
        if (!Directory.Exists(checkpoint))
            throw new MoEQuantException(CliDiagnostics.CheckpointMissing, File.Exists(checkpoint) ? "CHECKPOINT is a file; expected a folder." : "CHECKPOINT does not exist.", checkpoint);

        using CheckpointFolder folder = CheckpointFolder.Open(checkpoint);
        QuantizationPipeline pipeline = new(CheckpointSource.Create(folder), options);
        QuantizationResult made = arguments.Json(result) ? pipeline.Run(output, progress: null, cancellationToken)
            : log == LogFormat.Human && host.Interactive ? BarProgress.Run(host.Console, progress => pipeline.Run(output, progress, cancellationToken))
            : pipeline.Run(output, new LineProgress(host.Output), cancellationToken);

        if (arguments.Json(result))
            QuantizeReport.WriteJson(made, options, host.Output);
        else if (log == LogFormat.MSBuild)
            QuantizeReport.WriteLine(made, host.Output);
        else
            QuantizeReport.WriteTable(made, host);
        return ExitCode.Success;
    }
}
