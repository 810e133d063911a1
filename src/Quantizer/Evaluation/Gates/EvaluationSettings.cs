namespace MoEQuant.Quantizer.Evaluation.Gates;

/// <summary>What a packed file is measured on before it gets its name, and what it must reach.</summary>
/// <param name="Samples">Held-out texts, at least one.</param>
/// <param name="Windows">Windows per text at most.</param>
/// <param name="Gates">The limits.</param>
internal sealed record EvaluationSettings(IReadOnlyList<EvaluationSample> Samples, int Windows, QualityGates Gates)
{
    /// <summary>The default of <see cref="Windows"/>: 8,192 tokens per text, enough for a KL divergence that is known to a few per cent.</summary>
    public const int DefaultWindows = 32;
}
