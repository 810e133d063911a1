using System.Text.Json.Nodes;

namespace MoEQuant.Runtime.Tests.Model;

/// <summary>
/// An independent oracle in double precision: the whole sequence at once, no cache, no batching, tensor names and settings taken from the published modelling
/// code of each family rather than from the product.
/// </summary>
/// <param name="json">The configuration.</param>
/// <param name="tensors">The weights by name.</param>
/// <param name="treat">What happens to the inputs of a matrix first, by the matrix's name; null for nothing.</param>
internal sealed class ReferenceTransformer(JsonObject json, IReadOnlyDictionary<string, float[]> tensors, Func<string, double[], double[]>? treat = null)
{
    private readonly JsonObject _json = json;

    public ReferenceTransformer(RandomModel model)
        : this(model.Json, model.Tensors)
    {
    }

    private string Architecture => (string)_json["architectures"]![0]!;

    private int Hidden => Setting("hidden_size");

    /// <summary>Logits of every position, [tokens, vocabulary].</summary>
    public double[][] Logits(int[] tokens)
    {
        double[][] hidden = [.. tokens.Select(token => Row("model.embed_tokens.weight", token, Hidden))];
        for (int layer = 0; layer < Setting("num_hidden_layers"); layer++)
        {
            string prefix = $"model.layers.{layer}.";
            double[][] attention = Attention(prefix, [.. hidden.Select(h => Norm(h, prefix + "input_layernorm.weight"))]);
            hidden = [.. hidden.Zip(attention, Add)];
            hidden = [.. hidden.Select(h => Add(h, FeedForward(prefix, layer, Norm(h, prefix + "post_attention_layernorm.weight"))))];
        }

        string head = _json["tie_word_embeddings"]?.GetValue<bool>() == true ? "model.embed_tokens.weight" : "lm_head.weight";
        return [.. hidden.Select(h => Linear(head, Norm(h, "model.norm.weight")))];
    }

    private double[][] Attention(string prefix, double[][] x)
    {
        int heads = Setting("num_attention_heads"), groups = Setting("num_key_value_heads");
        int width = _json["head_dim"]?.GetValue<int>() ?? Hidden / heads;
        double[][] q = [.. x.Select(t => Projection(prefix, "q", t))], k = [.. x.Select(t => Projection(prefix, "k", t))], v = [.. x.Select(t => Projection(prefix, "v", t))];
        for (int t = 0; t < x.Length; t++)
        {
            q[t] = Rotate(q[t], width, t);
            k[t] = Rotate(k[t], width, t);
        }

        int window = _json["sliding_window"]?.GetValue<int>() ?? int.MaxValue;
        var result = new double[x.Length][];
        for (int t = 0; t < x.Length; t++)
        {
            var joined = new double[heads * width];
            for (int h = 0; h < heads; h++)
            {
                int group = h / (heads / groups);
                int[] visible = [.. Enumerable.Range(0, t + 1).Where(p => t - p < window)];
                double[] scores = SoftMax([.. visible.Select(p => Enumerable.Range(0, width).Sum(i => q[t][(h * width) + i] * k[p][(group * width) + i]) / Math.Sqrt(width))]);
                for (int i = 0; i < width; i++)
                    joined[(h * width) + i] = visible.Select((p, n) => scores[n] * v[p][(group * width) + i]).Sum();
            }

            result[t] = WithBias(prefix + "self_attn.o_proj", Linear(prefix + "self_attn.o_proj.weight", joined));
        }

        return result;
    }

    private double[] Projection(string prefix, string which, double[] x)
    {
        double[] y = WithBias($"{prefix}self_attn.{which}_proj", Linear($"{prefix}self_attn.{which}_proj.weight", x));
        if (Architecture == "OlmoeForCausalLM" && which != "v")
            y = Norm(y, $"{prefix}self_attn.{which}_norm.weight");
        return _json["clip_qkv"]?.GetValue<double>() is { } clip ? [.. y.Select(value => Math.Clamp(value, -clip, clip))] : y;
    }

    private double[] Rotate(double[] x, int width, int position)
    {
        double theta = _json["rope_theta"]!.GetValue<double>();
        double factor = _json["rope_scaling"]?["factor"]?.GetValue<double>() ?? 1;
        var y = new double[x.Length];
        for (int start = 0; start < x.Length; start += width)
        {
            for (int i = 0; i < width; i++)
            {
                double angle = position / factor / Math.Pow(theta, 2.0 * (i % (width / 2)) / width);
                double partner = i < width / 2 ? -x[start + i + (width / 2)] : x[start + i - (width / 2)];
                y[start + i] = (x[start + i] * Math.Cos(angle)) + (partner * Math.Sin(angle));
            }
        }

        return y;
    }

    private double[] FeedForward(string prefix, int layer, double[] x) => Architecture switch
    {
        "MixtralForCausalLM" => Experts(prefix + "block_sparse_moe.", x, renormalise: true, ("w1", "w3", "w2")),
        "OlmoeForCausalLM" => Experts(prefix + "mlp.", x, _json["norm_topk_prob"]!.GetValue<bool>(), ("gate_proj", "up_proj", "down_proj")),
        _ when layer < Setting("first_k_dense_replace") || layer % (_json["moe_layer_freq"]?.GetValue<int>() ?? 1) != 0 => Mlp(prefix + "mlp.", x, ("gate_proj", "up_proj", "down_proj")),
        _ => Add(
            Experts(prefix + "mlp.", x, _json["norm_topk_prob"]!.GetValue<bool>(), ("gate_proj", "up_proj", "down_proj")),
            _json["n_shared_experts"] is null ? new double[Hidden] : Mlp(prefix + "mlp.shared_experts.", x, ("gate_proj", "up_proj", "down_proj"))),
    };

    private double[] Experts(string prefix, double[] x, bool renormalise, (string Gate, string Up, string Down) names)
    {
        double[] probabilities = SoftMax(Linear(prefix + "gate.weight", x));
        int[] chosen = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(e => probabilities[e]).Take(Setting("num_experts_per_tok"))];
        double total = renormalise ? chosen.Sum(e => probabilities[e]) : 1;
        return chosen.Select(e => Mlp($"{prefix}experts.{e}.", x, names).Select(value => value * probabilities[e] / total).ToArray()).Aggregate(Add);
    }

    private double[] Mlp(string prefix, double[] x, (string Gate, string Up, string Down) names)
    {
        double[] gate = Linear($"{prefix}{names.Gate}.weight", x), up = Linear($"{prefix}{names.Up}.weight", x);
        return Linear($"{prefix}{names.Down}.weight", [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]);
    }

    private double[] Linear(string name, double[] x)
    {
        float[] w = tensors[name];
        x = treat?.Invoke(name, x) ?? x;
        return [.. Enumerable.Range(0, w.Length / x.Length).Select(n => Enumerable.Range(0, x.Length).Sum(k => w[(n * x.Length) + k] * x[k]))];
    }

    private double[] WithBias(string name, double[] y) =>
        _json["attention_bias"]?.GetValue<bool>() == true ? [.. y.Zip(tensors[name + ".bias"], (a, b) => a + b)] : y;

    private double[] Norm(double[] x, string name)
    {
        double root = Math.Sqrt((x.Sum(v => v * v) / x.Length) + _json["rms_norm_eps"]!.GetValue<double>());
        return [.. x.Select((v, i) => v / root * tensors[name][i])];
    }

    private static double[] SoftMax(double[] x)
    {
        double[] e = [.. x.Select(v => Math.Exp(v - x.Max()))];
        return [.. e.Select(v => v / e.Sum())];
    }

    private double[] Row(string name, int row, int width) => [.. tensors[name].Skip(row * width).Take(width).Select(v => (double)v)];

    private int Setting(string name) => _json[name]!.GetValue<int>();

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
