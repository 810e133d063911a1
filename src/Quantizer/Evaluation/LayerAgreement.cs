namespace MoEQuant.Quantizer.Evaluation;

/// <summary>How often two models route alike in one layer.</summary>
/// <param name="Layer">The decoder layer.</param>
/// <param name="Agreement">The share of the experts chosen by the reference that the model chose too, 0 to 1.</param>
public readonly record struct LayerAgreement(int Layer, double Agreement);
