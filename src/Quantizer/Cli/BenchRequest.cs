using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Cli;

/// <summary>A checked command line of <c>bench</c>.</summary>
/// <param name="Model">The model's path; null where a synthetic one is measured.</param>
/// <param name="Shape">The synthetic model's shape; null where there is a path.</param>
/// <param name="Layers">The synthetic model's layers.</param>
/// <param name="Format">How the synthetic model's matrices are stored.</param>
/// <param name="Settings">What is measured.</param>
/// <param name="Options">How the model is run.</param>
/// <param name="Json">Whether the result is one JSON document.</param>
internal sealed record BenchRequest(string? Model, ModelShape? Shape, int Layers, SyntheticFormat Format, BenchmarkSettings Settings, MoEModelOptions Options, bool Json);
