namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>What is measured.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Generate">Tokens generated after it, one by one.</param>
/// <param name="Repetitions">How often, after a run that warms up.</param>
internal sealed record BenchmarkSettings(int Prompt, int Generate, int Repetitions);
