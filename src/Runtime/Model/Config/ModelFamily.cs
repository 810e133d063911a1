namespace MoEQuant.Runtime.Model.Config;

/// <summary>The supported model families. Each is defined once, in Model/Families, for the engine and the runtime alike.</summary>
public enum ModelFamily
{
    /// <summary><c>MixtralForCausalLM</c>: grouped heads, softmax over the chosen experts.</summary>
    Mixtral,

    /// <summary><c>OlmoeForCausalLM</c>: RmsNorm over the whole query and key vectors, optional clipping.</summary>
    Olmoe,

    /// <summary><c>DeepseekForCausalLM</c> (DeepSeek-MoE, V1): dense first layers, shared experts.</summary>
    DeepSeekMoe,
}
