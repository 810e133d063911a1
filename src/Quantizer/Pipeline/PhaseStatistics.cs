namespace MoEQuant.Quantizer.Pipeline;

/// <summary>How long one phase of a run took.</summary>
/// <param name="Name">For example <c>embedding</c>, <c>layers</c>, <c>writing</c>.</param>
/// <param name="Seconds">Seconds on the clock.</param>
public sealed record PhaseStatistics(string Name, double Seconds);
