namespace MoEQuant.Runtime.Model.Execution;

/// <summary>A place inside a decoder layer whose values feed linear layers.</summary>
public enum LayerSite
{
    /// <summary>The normalised residual stream in front of attention: input of the query, key and value projections. Width: hidden size.</summary>
    AttentionInput,

    /// <summary>The heads' outputs side by side: input of attention's output projection. Width: <see cref="Config.ModelConfig.QuerySize"/>.</summary>
    OutputInput,

    /// <summary>
    /// The normalised residual stream in front of the feed-forward network: input of the router, of gate and up of every expert, of shared experts or of a
    /// dense network. Width: hidden size.
    /// </summary>
    FeedForwardInput,

    /// <summary>silu(gate) · up of the dense network of a layer without experts: input of its down projection.</summary>
    DenseInner,

    /// <summary>silu(gate) · up of the shared experts: input of their down projection.</summary>
    SharedInner,
}
