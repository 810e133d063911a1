using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline;
using Spectre.Console;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Progress as a bar on a terminal.</summary>
internal sealed class BarProgress(ProgressTask task, IAnsiConsole console) : IQuantizationProgress
{
    public static TResult Run<TResult>(IAnsiConsole console, Func<IQuantizationProgress, TResult> work)
    {
        TResult result = default!;
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => result = work(new BarProgress(context.AddTask("Quantizing", maxValue: 1), console)));
        return result;
    }

    public void Report(in QuantizationProgress progress)
    {
        task.Value = progress.Fraction;
        if (progress.Layer >= 0)
            task.Description = $"Layer {progress.Layer + 1} of {progress.LayerCount}";
    }

    public void ReportEvaluation(int window, int windowCount, double meanDivergence) => task.Description = $"Evaluated {window} of {windowCount} windows";

    // Written above the bar.
    public void Warn(MoEQuantException warning) => console.WriteLine($"warning {warning.Code}: {(warning.Path is null ? "" : warning.Path + ": ")}{warning.Found} {warning.Descriptor.Remedy}");
}
