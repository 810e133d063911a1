using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Kinds of matrices: what the same matrix of every layer and expert has in common.</summary>
internal static class MatrixKind
{
    /// <summary>The tensor's name without model prefix, layer, expert number and <c>.weight</c>: <c>self_attn.q_proj</c>, <c>mlp.experts.gate_proj</c>, <c>lm_head</c>.</summary>
    public static string Of(PlannedTensor tensor)
    {
        IEnumerable<string> parts = tensor.Name.Split('.').Where(part => part != "weight" && !part.All(char.IsAsciiDigit));
        return string.Join('.', parts.SkipWhile(part => part is "model" or "layers"));
    }
}
