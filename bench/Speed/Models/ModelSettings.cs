using MoEQuant.Quantizer.Benchmarks;

namespace MoEQuant.Speed.Models;

/// <summary>Which models are measured, and how.</summary>
/// <param name="Layers">Layers of every model.</param>
/// <param name="Tokens">Tokens and repetitions.</param>
/// <param name="Threads">Numbers of threads.</param>
/// <param name="Busy">Whether everything is measured beside a busy process too.</param>
internal sealed record ModelSettings(int Layers, BenchmarkSettings Tokens, IReadOnlyList<int> Threads, bool Busy);
