using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Families;

/// <summary>What distinguishes one family: how its <c>config.json</c> is read and how its tensors are named. The network itself is shared.</summary>
internal abstract class FamilyDefinition
{
    // 48 layers of 128 experts are 6,144; this leaves room for far larger models and keeps a hostile file from planning millions of tensors.
    private const int MostExpertsInAllLayers = 1 << 18;

    public abstract ModelFamily Family { get; }

    /// <summary>The class name under "architectures".</summary>
    public abstract string Architecture { get; }

    /// <summary>The prefix of the router and expert tensors inside a layer, for example <c>mlp</c>.</summary>
    public abstract string FeedForwardPrefix { get; }

    /// <summary>The names of an expert's gate, up and down projections.</summary>
    public virtual (string Gate, string Up, string Down) ExpertProjections => ("gate_proj", "up_proj", "down_proj");

    public ModelConfig ReadConfig(ConfigReader reader)
    {
        if (reader.Has("quantization_config"))
        {
            string method = reader.Section("quantization_config")!.Text("quant_method") ?? "unnamed";
            throw new MoEQuantException(ModelDiagnostics.AlreadyQuantized, $"config.json carries a quantization_config (method {method}).", reader.Path);
        }

        string activation = reader.Text("hidden_act") ?? "silu";
        if (activation is not ("silu" or "swish"))
            throw new MoEQuantException(ModelDiagnostics.ActivationUnsupported, $"hidden_act is \"{activation}\".", reader.Path);
        if (reader.Number("partial_rotary_factor", 0, 1, 1) != 1)
            throw new MoEQuantException(ModelDiagnostics.RopeScalingUnsupported, "partial_rotary_factor is not 1.", reader.Path);

        ModelConfig config = ReadFamily(reader, ReadCommon(reader));
        return Checked(config, reader.Path);
    }

    /// <summary>Fills in what only this family has.</summary>
    protected abstract ModelConfig ReadFamily(ConfigReader reader, ModelConfig common);

    private static ModelConfig ReadCommon(ConfigReader reader)
    {
        int hidden = reader.Int("hidden_size", 1, 1 << 16);
        int heads = reader.Int("num_attention_heads", 1, 4096);
        if (!reader.Has("head_dim") && hidden % heads != 0)
            throw Inconsistent($"hidden_size {hidden} is no multiple of num_attention_heads {heads} and there is no head_dim.", reader.Path);
        // Newer files carry the rotary settings in "rope_parameters", older ones in "rope_theta" and "rope_scaling".
        ConfigReader? rope = reader.Section("rope_parameters");
        return new ModelConfig
        {
            Family = default,
            VocabularySize = reader.Int("vocab_size", 1, 1 << 22),
            HiddenSize = hidden,
            LayerCount = reader.Int("num_hidden_layers", 1, 1024),
            HeadCount = heads,
            KeyValueHeadCount = reader.Int("num_key_value_heads", 1, 4096, heads),
            HeadDimension = reader.Int("head_dim", 2, 4096, hidden / heads),
            RmsNormEpsilon = (float)reader.Number("rms_norm_eps", 0, 1),
            RopeTheta = (rope ?? reader).Number("rope_theta", 1, 1e12, 10000),
            RopeLinearFactor = ReadRopeFactor(rope ?? reader.Section("rope_scaling")),
            MaxPositions = reader.Int("max_position_embeddings", 1),
            TieWordEmbeddings = reader.Bool("tie_word_embeddings", false),
            AttentionBias = reader.Bool("attention_bias", false),
            ExpertCount = 0,
            ExpertsPerToken = reader.Int("num_experts_per_tok", 1, 4096),
            ExpertIntermediateSize = 0,
            NormalizeTopK = false,
        };
    }

    private static double ReadRopeFactor(ConfigReader? scaling)
    {
        if (scaling is null)
            return 1;
        string type = scaling.Text("rope_type") ?? scaling.Text("type") ?? "default";
        return type switch
        {
            "default" => 1,
            "linear" => scaling.Number("factor", 1e-3, 1e6),
            _ => throw new MoEQuantException(ModelDiagnostics.RopeScalingUnsupported, $"The rope scaling has type \"{type}\".", scaling.Path),
        };
    }

    private static ModelConfig Checked(ModelConfig config, string? path)
    {
        if (config.HeadDimension % 2 != 0)
            throw Inconsistent($"The head dimension {config.HeadDimension} is odd; rotary embedding needs pairs.", path);
        if (config.HeadCount % config.KeyValueHeadCount != 0)
            throw Inconsistent($"num_attention_heads {config.HeadCount} is no multiple of num_key_value_heads {config.KeyValueHeadCount}.", path);
        if (config.ExpertsPerToken > config.ExpertCount)
            throw Inconsistent($"num_experts_per_tok {config.ExpertsPerToken} exceeds the {config.ExpertCount} experts.", path);
        if ((long)config.LayerCount * config.ExpertCount > MostExpertsInAllLayers)
            throw Inconsistent($"{config.LayerCount} layers of {config.ExpertCount} experts are more than {MostExpertsInAllLayers} experts.", path);
        if ((long)config.HeadCount * config.HeadDimension > 1 << 20)
            throw Inconsistent($"{config.HeadCount} heads of {config.HeadDimension} are wider than {1 << 20}.", path);
        return config;
    }

    private static MoEQuantException Inconsistent(string found, string? path) => new(ModelDiagnostics.SettingsInconsistent, found, path);
}
