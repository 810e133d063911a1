using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Families;

namespace MoEQuant.Runtime.Model.Plan;

/// <summary>
/// Every tensor of a model, with name, shape and role: the one definition that validates checkpoints, drives the engine and builds the network.
/// </summary>
public sealed class TensorPlan
{
    private readonly ModelConfig _config;

    private TensorPlan(ModelConfig config)
    {
        _config = config;
        Embedding = new PlannedTensor("model.embed_tokens.weight", config.VocabularySize, config.HiddenSize, TensorRole.Embedding);
        FinalNorm = new PlannedTensor("model.norm.weight", config.HiddenSize, 0, TensorRole.Norm);
        Head = config.TieWordEmbeddings ? null : new PlannedTensor("lm_head.weight", config.VocabularySize, config.HiddenSize, TensorRole.Head);
        Layers = [.. LayerPlanner.Plan(config, FamilyCatalog.Find(config.Family))];
        Tensors = [Embedding, .. Layers.SelectMany(layer => layer.Tensors), FinalNorm, .. Head is null ? Array.Empty<PlannedTensor>() : [Head]];
    }

    /// <summary>The token embedding.</summary>
    public PlannedTensor Embedding { get; }

    /// <summary>The decoder layers.</summary>
    public IReadOnlyList<LayerPlan> Layers { get; }

    /// <summary>The norm after the last layer.</summary>
    public PlannedTensor FinalNorm { get; }

    /// <summary>The output head; null when it is the embedding (<see cref="ModelConfig.TieWordEmbeddings"/>).</summary>
    public PlannedTensor? Head { get; }

    /// <summary>All tensors in file order: embedding, layers, final norm, head.</summary>
    public IReadOnlyList<PlannedTensor> Tensors { get; }

    /// <summary>Plans the tensors of a configuration.</summary>
    public static TensorPlan For(ModelConfig config) => new(config);

    /// <summary>
    /// True for tensors that published checkpoints carry although the network does not need them: precomputed rotary frequencies, and a copy of the
    /// embedding as output head where the two are tied.
    /// </summary>
    public bool Tolerates(string name) =>
        name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || (_config.TieWordEmbeddings && name == "lm_head.weight");
}
