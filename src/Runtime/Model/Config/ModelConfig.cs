using MoEQuant.Runtime.Model.Families;

namespace MoEQuant.Runtime.Model.Config;

/// <summary>What a checkpoint's <c>config.json</c> says about the network, in the terms of this runtime. Everything that changes the function is here or was refused by name.</summary>
public sealed record ModelConfig
{
    /// <summary>The model family.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Entries of the vocabulary: rows of the embedding and of the output head.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number of decoder layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Number of key and value heads; divides <see cref="HeadCount"/> (grouped-query attention).</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Width of one head; even, because rotary embedding rotates pairs.</summary>
    public required int HeadDimension { get; init; }

    /// <summary>Added to the mean square before the root in every RmsNorm.</summary>
    public required float RmsNormEpsilon { get; init; }

    /// <summary>Base of the rotary embedding's frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>Positions are divided by this factor before the rotation (<c>rope_scaling</c> of type linear); 1 means no scaling.</summary>
    public double RopeLinearFactor { get; init; } = 1;

    /// <summary>The longest context the model was made for, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>True when the output head is the embedding matrix (<c>tie_word_embeddings</c>).</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>True when the attention projections carry bias vectors.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Queries, keys and values are clamped to [-ClipQkv, ClipQkv]; null means no clamping.</summary>
    public float? ClipQkv { get; init; }

    /// <summary>A token attends to this many latest positions, itself included; null means to all.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>True when RmsNorm is applied to the whole query and key vectors before they are split into heads.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Routed experts per Mixture-of-Experts layer.</summary>
    public required int ExpertCount { get; init; }

    /// <summary>Experts chosen per token (top-k).</summary>
    public required int ExpertsPerToken { get; init; }

    /// <summary>Inner width of one routed expert.</summary>
    public required int ExpertIntermediateSize { get; init; }

    /// <summary>True when the probabilities of the chosen experts are divided by their sum.</summary>
    public required bool NormalizeTopK { get; init; }

    /// <summary>Inner width of the shared experts taken together; 0 means there are none.</summary>
    public int SharedIntermediateSize { get; init; }

    /// <summary>Inner width of the feed-forward network in layers without experts; 0 when there are none.</summary>
    public int DenseIntermediateSize { get; init; }

    /// <summary>The first layers that have a dense feed-forward network instead of experts.</summary>
    public int FirstDenseLayers { get; init; }

    /// <summary>From <see cref="FirstDenseLayers"/> on, layers whose index is a multiple of this have experts.</summary>
    public int MoeLayerFrequency { get; init; } = 1;

    /// <summary>Width of all query heads together.</summary>
    public int QuerySize => HeadCount * HeadDimension;

    /// <summary>Width of all key (or value) heads together.</summary>
    public int KeyValueSize => KeyValueHeadCount * HeadDimension;

    /// <summary>True when the layer has a router and experts.</summary>
    public bool IsMoeLayer(int layer) => layer >= FirstDenseLayers && layer % MoeLayerFrequency == 0;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="json">The file's UTF-8 content.</param>
    /// <param name="path">The file's path, for messages; or null.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">The text is no valid JSON, the architecture is unknown, or a setting is missing, out of range or not supported.</exception>
    public static ModelConfig Parse(ReadOnlySpan<byte> json, string? path = null)
    {
        using var reader = ConfigReader.Open(json, path);
        return FamilyCatalog.Find(reader).ReadConfig(reader);
    }
}
