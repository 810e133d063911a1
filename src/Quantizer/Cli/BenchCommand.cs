using System.CommandLine;
using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Quantizer.Evaluation;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant bench</c>: how fast a model reads and writes on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create(CliHost host)
    {
        BenchArguments arguments = new();
        Command command = new("bench", "Measures the speed of a model, or of a synthetic one of a published shape.");
        arguments.AddTo(command);
        command.SetAction((result, cancellationToken) => Task.Run(() =>
        {
            BenchRequest request = arguments.Parse(result);
            using SyntheticModel? synthetic = request.Shape is null ? null : SyntheticModel.Create(request.Shape, request.Layers, request.Format, seed: 1, cancellationToken);
            string path = synthetic?.Path ?? request.Model!;
            BenchReport.Write(request, path, GenerationBenchmark.Run(() => ModelLoader.Load(path, request.Options), request.Settings, cancellationToken), host);
            return ExitCode.Success;
        }, CancellationToken.None));
        return command;
    }
}
