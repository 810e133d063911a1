using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Cli;

/// <summary>No progress, as <c>--json</c> asks, but nothing that deserves attention is lost.</summary>
internal sealed class WarningsOnly(TextWriter error) : IQuantizationProgress
{
    public void Report(in QuantizationProgress progress)
    {
    }

    public void Warn(MoEQuantException warning) => error.WriteLine($"warning {warning.Message}");
}
