namespace MoEQuant.Runtime.Model.Plan;

/// <summary>The tensors of one decoder layer.</summary>
public sealed record LayerPlan
{
    /// <summary>The norm in front of attention.</summary>
    public required PlannedTensor InputNorm { get; init; }

    /// <summary>The query projection.</summary>
    public required ProjectionPlan Query { get; init; }

    /// <summary>The key projection.</summary>
    public required ProjectionPlan Key { get; init; }

    /// <summary>The value projection.</summary>
    public required ProjectionPlan Value { get; init; }

    /// <summary>The output projection of attention.</summary>
    public required ProjectionPlan Output { get; init; }

    /// <summary>The norm over the whole query vector, where the family has one.</summary>
    public PlannedTensor? QueryNorm { get; init; }

    /// <summary>The norm over the whole key vector, where the family has one.</summary>
    public PlannedTensor? KeyNorm { get; init; }

    /// <summary>The norm in front of the feed-forward network.</summary>
    public required PlannedTensor PostAttentionNorm { get; init; }

    /// <summary>The feed-forward network of a layer without experts.</summary>
    public GatedMlpPlan? DenseMlp { get; init; }

    /// <summary>The router of a Mixture-of-Experts layer.</summary>
    public PlannedTensor? Router { get; init; }

    /// <summary>The routed experts; empty in a layer without experts.</summary>
    public IReadOnlyList<GatedMlpPlan> Experts { get; init; } = [];

    /// <summary>The shared experts, which every token passes.</summary>
    public GatedMlpPlan? SharedExperts { get; init; }

    /// <summary>All tensors of the layer in file order.</summary>
    public IEnumerable<PlannedTensor> Tensors
    {
        get
        {
            yield return InputNorm;
            foreach (ProjectionPlan projection in (ProjectionPlan[])[Query, Key, Value, Output])
            {
                yield return projection.Weight;
                if (projection.Bias is not null)
                    yield return projection.Bias;
            }

            if (QueryNorm is not null)
                yield return QueryNorm;
            if (KeyNorm is not null)
                yield return KeyNorm;
            yield return PostAttentionNorm;
            if (Router is not null)
                yield return Router;
            foreach (GatedMlpPlan mlp in Networks)
            {
                yield return mlp.Gate;
                yield return mlp.Up;
                yield return mlp.Down;
            }
        }
    }

    /// <summary>The gated networks in file order: the dense one, or routed and shared experts.</summary>
    public IEnumerable<GatedMlpPlan> Networks =>
        (DenseMlp is null ? [] : (GatedMlpPlan[])[DenseMlp]).Concat(Experts).Concat(SharedExperts is null ? [] : [SharedExperts]);
}
