using System.Text;
using System.Text.Json.Nodes;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Tests.Model;

[TestClass]
public sealed class ModelConfigTests
{
    public static IEnumerable<(string Architecture, string Setting, JsonNode? Value, string Code, string Mentions)> BadSettings =>
    [
        ("MixtralForCausalLM", "architectures", new JsonArray("LlamaForCausalLM"), "MOEQ1052", "LlamaForCausalLM"),
        ("MixtralForCausalLM", "architectures", new JsonArray(), "MOEQ1051", "architectures"),
        ("MixtralForCausalLM", "architectures", "MixtralForCausalLM", "MOEQ1054", "architectures"),
        ("MixtralForCausalLM", "hidden_size", null, "MOEQ1053", "hidden_size"),
        ("MixtralForCausalLM", "hidden_size", "wide", "MOEQ1054", "wide"),
        ("MixtralForCausalLM", "hidden_size", 40.5, "MOEQ1054", "40.5"),
        ("MixtralForCausalLM", "hidden_size", -8, "MOEQ1055", "-8"),
        ("MixtralForCausalLM", "hidden_size", 1_000_000_000, "MOEQ1055", "1000000000"),
        ("MixtralForCausalLM", "hidden_size", 42, "MOEQ1056", "42"),
        ("MixtralForCausalLM", "num_key_value_heads", 3, "MOEQ1056", "num_key_value_heads 3"),
        ("MixtralForCausalLM", "head_dim", 7, "MOEQ1056", "odd"),
        ("MixtralForCausalLM", "num_experts_per_tok", 6, "MOEQ1056", "exceeds the 5"),
        ("MixtralForCausalLM", "num_experts_per_tok", 0, "MOEQ1055", "num_experts_per_tok"),
        ("MixtralForCausalLM", "num_local_experts", null, "MOEQ1053", "num_local_experts"),
        ("MixtralForCausalLM", "hidden_act", "gelu", "MOEQ1057", "gelu"),
        ("MixtralForCausalLM", "rms_norm_eps", null, "MOEQ1053", "rms_norm_eps"),
        ("MixtralForCausalLM", "sliding_window", 0, "MOEQ1055", "sliding_window"),
        ("MixtralForCausalLM", "tie_word_embeddings", "yes", "MOEQ1054", "tie_word_embeddings"),
        ("MixtralForCausalLM", "rope_scaling", new JsonObject { ["rope_type"] = "yarn", ["factor"] = 4 }, "MOEQ1058", "yarn"),
        ("MixtralForCausalLM", "rope_scaling", new JsonObject { ["type"] = "linear" }, "MOEQ1053", "factor"),
        ("MixtralForCausalLM", "rope_scaling", 4, "MOEQ1054", "rope_scaling"),
        ("MixtralForCausalLM", "partial_rotary_factor", 0.5, "MOEQ1058", "partial_rotary_factor"),
        ("MixtralForCausalLM", "quantization_config", new JsonObject { ["quant_method"] = "gptq" }, "MOEQ1060", "gptq"),
        ("OlmoeForCausalLM", "clip_qkv", -1, "MOEQ1055", "clip_qkv"),
        ("OlmoeForCausalLM", "num_experts", 4096 * 2, "MOEQ1055", "num_experts"),
        ("DeepseekForCausalLM", "scoring_func", "sigmoid", "MOEQ1059", "sigmoid"),
        ("DeepseekForCausalLM", "topk_method", "group_limited_greedy", "MOEQ1059", "group_limited_greedy"),
        ("DeepseekForCausalLM", "n_group", 8, "MOEQ1059", "n_group is 8"),
        ("DeepseekForCausalLM", "routed_scaling_factor", 16.0, "MOEQ1059", "routed_scaling_factor"),
        ("DeepseekForCausalLM", "n_routed_experts", null, "MOEQ1053", "n_routed_experts"),
        ("DeepseekForCausalLM", "moe_layer_freq", 0, "MOEQ1055", "moe_layer_freq"),
        ("DeepseekForCausalLM", "num_hidden_layers", 0, "MOEQ1055", "num_hidden_layers"),
    ];

    [TestMethod]
    [DynamicData(nameof(BadSettings))]
    public void Parse_BadSetting_ThrowsItsCode(string architecture, string setting, JsonNode? value, string code, string mentions)
    {
        JsonObject json = RandomModel.Template(architecture);
        json[setting] = value?.DeepClone();
        var error = Assert.ThrowsExactly<MoEQuantException>(() => Parse(json.ToJsonString()));
        Assert.AreEqual(code, error.Code, error.Message);
        StringAssert.Contains(error.Message, mentions, StringComparison.Ordinal);
        StringAssert.Contains(error.Message, "config.json", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("{")]
    [DataRow("[]")]
    [DataRow("null")]
    [DataRow("{\"architectures\": [")]
    [DataRow("\u0000")]
    [DataRow("{\"hidden_act\": \"\\ud800\"}")]
    [DataRow("{\"\\ud800\": 1}")]
    public void Parse_NotAJsonObject_ThrowsItsCode(string text)
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => Parse(text));
        Assert.AreEqual("MOEQ1050", error.Code, error.Message);
    }

    [TestMethod]
    public void Parse_MutatedBytes_ThrowsNothingButItsCodes()
    {
        var random = new Random(8);
        foreach (string architecture in (string[])["MixtralForCausalLM", "OlmoeForCausalLM", "DeepseekForCausalLM"])
        {
            byte[] original = Encoding.UTF8.GetBytes(RandomModel.Template(architecture).ToJsonString());
            int refused = 0;
            for (int round = 0; round < 3000; round++)
            {
                byte[] mutated = [.. original];
                for (int change = random.Next(1, 4); change > 0; change--)
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                try
                {
                    TensorPlan.For(ModelConfig.Parse(mutated.AsSpan(0, random.Next(4) == 0 ? random.Next(mutated.Length) : mutated.Length)));
                }
                catch (MoEQuantException error)
                {
                    StringAssert.StartsWith(error.Code, "MOEQ10", StringComparison.Ordinal);
                    refused++;
                }
            }

            Assert.IsGreaterThan(1000, refused);
        }
    }

    [TestMethod]
    public void Parse_TooManyExpertsInAllLayers_IsRefusedBeforePlanning()
    {
        JsonObject json = RandomModel.Template("OlmoeForCausalLM");
        json["num_hidden_layers"] = 1024;
        json["num_experts"] = 4096;
        Assert.AreEqual("MOEQ1056", Assert.ThrowsExactly<MoEQuantException>(() => Parse(json.ToJsonString())).Code);
    }

    [TestMethod]
    public void Parse_RopeParametersOfNewerFiles_AreHonoured()
    {
        JsonObject json = RandomModel.Template("MixtralForCausalLM");
        json.Remove("rope_theta");
        json["rope_parameters"] = new JsonObject { ["rope_type"] = "linear", ["factor"] = 4.0, ["rope_theta"] = 1e6 };
        ModelConfig config = Parse(json.ToJsonString());
        Assert.AreEqual(1e6, config.RopeTheta);
        Assert.AreEqual(4.0, config.RopeLinearFactor);
    }

    [TestMethod]
    public void TensorPlan_DeepSeek_NamesWhatPublishedCheckpointsHold()
    {
        TensorPlan plan = TensorPlan.For(Parse(RandomModel.Template("DeepseekForCausalLM").ToJsonString()));
        string[] names = [.. plan.Tensors.Select(tensor => tensor.Name)];
        CollectionAssert.Contains(names, "model.layers.0.mlp.gate_proj.weight");
        CollectionAssert.Contains(names, "model.layers.1.mlp.shared_experts.down_proj.weight");
        CollectionAssert.Contains(names, "model.layers.2.mlp.experts.6.up_proj.weight");
        CollectionAssert.DoesNotContain(names, "model.layers.0.mlp.gate.weight");
        CollectionAssert.AllItemsAreUnique(names);
        Assert.AreEqual("lm_head.weight", names[^1]);
        Assert.AreEqual(40, plan.Tensors.Single(t => t.Name == "model.layers.1.mlp.shared_experts.gate_proj.weight").Rows, "two shared experts of 20");
    }

    private static ModelConfig Parse(string json) => ModelConfig.Parse(Encoding.UTF8.GetBytes(json), "models/x/config.json");
}
