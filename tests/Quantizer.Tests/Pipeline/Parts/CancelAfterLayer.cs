using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Tests.Pipeline.Parts;

/// <summary>Cancels a run when its first layer is complete.</summary>
internal sealed class CancelAfterLayer(CancellationTokenSource cancellation) : IQuantizationProgress
{
    public void Report(in QuantizationProgress progress)
    {
        if (progress.LayerCompleted)
            cancellation.Cancel();
    }
}
