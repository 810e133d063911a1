using System.Diagnostics;
using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Progress as plain lines: one per layer, with an estimate of the time that is left.</summary>
internal sealed class LineProgress(TextWriter output) : IQuantizationProgress
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public void Report(in QuantizationProgress progress)
    {
        if (!progress.LayerCompleted)
            return;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Layer {progress.Layer + 1} of {progress.LayerCount}: relative error {progress.RelativeError:F4}, {progress.Fraction:P0} done, {Text.Duration(Text.Remaining(elapsed, progress.Fraction))} left"));
        output.Flush();
    }

    public void Warn(MoEQuantException warning)
    {
        // MSBuild's canonical format, which people can read as well.
        output.WriteLine($"{(warning.Path is null ? "moequant" : Path.GetFullPath(warning.Path))} : warning {warning.Code}: {warning.Found} {warning.Descriptor.Remedy}");
        output.Flush();
    }

    public void ReportEvaluation(int window, int windowCount, double meanDivergence)
    {
        // About eight lines, whatever the number of windows.
        if (window * 8 / windowCount == (window - 1) * 8 / windowCount)
            return;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Evaluated {window} of {windowCount} windows: mean KL divergence {meanDivergence:G4}"));
        output.Flush();
    }

    public void Inform(string message)
    {
        output.WriteLine(message);
        output.Flush();
    }
}
