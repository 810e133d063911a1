using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Follows a run. Called synchronously, unlike <see cref="IProgress{T}"/>'s usual implementation, so that lines come in order and none comes late.</summary>
public interface IQuantizationProgress
{
    /// <summary>Says how far the run is.</summary>
    void Report(in QuantizationProgress progress);

    /// <summary>Says that something deserves attention although the run goes on.</summary>
    /// <param name="warning">Code, finding and remedy; never thrown.</param>
    void Warn(MoEQuantException warning)
    {
    }

    /// <summary>Says how far the evaluation of the packed model is.</summary>
    /// <param name="window">Windows done.</param>
    /// <param name="windowCount">All windows.</param>
    /// <param name="meanDivergence">Mean KL divergence from the checkpoint so far, in nats.</param>
    void ReportEvaluation(int window, int windowCount, double meanDivergence)
    {
    }

    /// <summary>Says something about the run that is worth a line, but is neither warning nor error.</summary>
    /// <param name="message">A sentence.</param>
    void Inform(string message)
    {
    }
}
