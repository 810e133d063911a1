using System.Text;
using System.Text.Json.Nodes;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Tests.Model;

/// <summary>A seeded random model of any family and feature, small enough for a double-precision oracle.</summary>
internal sealed class RandomModel
{
    private RandomModel(JsonObject json, ModelConfig config, Dictionary<string, float[]> tensors)
    {
        Json = json;
        Config = config;
        Tensors = tensors;
    }

    public JsonObject Json { get; }

    public ModelConfig Config { get; }

    public IReadOnlyDictionary<string, float[]> Tensors { get; }

    public static RandomModel Create(string architecture, int seed, params (string Name, JsonNode? Value)[] settings)
    {
        JsonObject json = JsonOf(architecture, settings);
        ModelConfig config = ModelConfig.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
        var random = new Random(seed);
        var tensors = new Dictionary<string, float[]>();
        foreach (PlannedTensor tensor in TensorPlan.For(config).Tensors)
        {
            // Norm weights around 1, matrices scaled so that activations keep their size, routers wide apart so that rounding does not swap experts.
            float spread = tensor.Role switch
            {
                TensorRole.Router => 2f,
                TensorRole.Embedding => 1f,
                TensorRole.Norm or TensorRole.Bias => 0.3f,
                _ => 1.7f / MathF.Sqrt(tensor.Columns),
            };
            float center = tensor.Role == TensorRole.Norm ? 1 : 0;
            tensors[tensor.Name] = [.. Enumerable.Range(0, checked((int)tensor.ElementCount)).Select(_ => center + (spread * ((2 * random.NextSingle()) - 1)))];
        }

        return new RandomModel(json, config, tensors);
    }

    public static ModelConfig ConfigOf(string architecture, params (string Name, JsonNode? Value)[] settings) =>
        ModelConfig.Parse(Encoding.UTF8.GetBytes(JsonOf(architecture, settings).ToJsonString()));

    private static JsonObject JsonOf(string architecture, (string Name, JsonNode? Value)[] settings)
    {
        JsonObject json = Template(architecture);
        foreach ((string name, JsonNode? value) in settings)
            json[name] = value?.DeepClone();
        return json;
    }

    public static JsonObject Template(string architecture)
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(architecture),
            ["vocab_size"] = 61,
            ["hidden_size"] = 40,
            ["num_hidden_layers"] = 3,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["hidden_act"] = "silu",
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 10000.0,
            ["max_position_embeddings"] = 600,
            ["num_experts_per_tok"] = 2,
            ["intermediate_size"] = 28,
        };
        switch (architecture)
        {
            case "MixtralForCausalLM":
                json["num_local_experts"] = 5;
                break;
            case "OlmoeForCausalLM":
                json["num_experts"] = 6;
                json["norm_topk_prob"] = false;
                break;
            default:
                json["n_routed_experts"] = 7;
                json["n_shared_experts"] = 2;
                json["moe_intermediate_size"] = 20;
                json["first_k_dense_replace"] = 1;
                json["norm_topk_prob"] = false;
                break;
        }

        return json;
    }
}
