using MoEQuant.Quantizer.Evaluation.Gates;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Reporting;

namespace MoEQuant.Quantizer.Cli;

/// <summary>How the commands that make packed files show their progress and what they made: a bar and a table, lines, or one JSON document.</summary>
/// <param name="host">Where to.</param>
/// <param name="log">Who reads it.</param>
/// <param name="json">Whether there is to be one JSON document and nothing else.</param>
internal sealed class RunOutput(CliHost host, LogFormat log, bool json)
{
    /// <summary>Runs work with progress of the right kind.</summary>
    public T Follow<T>(Func<IQuantizationProgress, T> work) => !json && log == LogFormat.Human && host.Interactive
        ? BarProgress.Run(host.Console, work)
        : work(json ? new WarningsOnly(host.Error) : new LineProgress(host.Output));

    /// <summary>Writes the report where one was asked for.</summary>
    public void WriteReport(QuantizationResult result, QuantizationOptions options, QualityGates? gates, string? page)
    {
        if (page is null)
            return;
        ReportFiles.Write(new(result, options, gates), page);
        if (!json)
            host.Output.WriteLine($"Report: {page}");
    }

    /// <summary>Says what was made.</summary>
    public void Write(QuantizationResult result, QuantizationOptions options)
    {
        if (json)
            QuantizeReport.WriteJson(result, options, host.Output);
        else if (log == LogFormat.MSBuild)
            QuantizeReport.WriteLine(result, host.Output);
        else
            QuantizeReport.WriteTable(result, host);
    }
}
