namespace MoEQuant.Runtime.Model.Plan;

/// <summary>What a tensor does in the network; it decides how the engine stores it.</summary>
public enum TensorRole
{
    /// <summary>The token embedding, [vocabulary, hidden].</summary>
    Embedding,

    /// <summary>The output head, [vocabulary, hidden].</summary>
    Head,

    /// <summary>The weight vector of an RmsNorm.</summary>
    Norm,

    /// <summary>The router of a Mixture-of-Experts layer, [experts, hidden].</summary>
    Router,

    /// <summary>A bias vector.</summary>
    Bias,

    /// <summary>A matrix that every token uses: attention projections, shared experts, dense feed-forward networks.</summary>
    DenseLinear,

    /// <summary>A matrix of one routed expert.</summary>
    ExpertLinear,
}
