namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Follows a run. Called synchronously, unlike <see cref="IProgress{T}"/>'s usual implementation, so that lines come in order and none comes late.</summary>
public interface IQuantizationProgress
{
    /// <summary>Says how far the run is.</summary>
    void Report(in QuantizationProgress progress);
}
