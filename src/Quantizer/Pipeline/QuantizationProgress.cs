namespace MoEQuant.Quantizer.Pipeline;

/// <summary>How far a run is. Reported once per block of weights, in file order, from the thread that runs the pipeline.</summary>
/// <param name="Layer">The layer that was worked on, or -1 outside the layers.</param>
/// <param name="LayerCount">Layers of the model.</param>
/// <param name="LayerCompleted">True when this was the last tensor of its layer.</param>
/// <param name="Fraction">The share of the work that is done, 0 to 1, by estimated effort.</param>
/// <param name="RelativeError">‖W − Ŵ‖ / ‖W‖ over the compensated matrices of the layer so far; 0 outside the layers.</param>
public readonly record struct QuantizationProgress(int Layer, int LayerCount, bool LayerCompleted, double Fraction, double RelativeError);
