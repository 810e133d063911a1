using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model;

/// <summary>What turns the residual stream after the last layer into logits: the final norm and the output matrix.</summary>
internal sealed unsafe class OutputHead(RmsNorm norm, LinearWeights weights)
{
    /// <summary>The width of the matrix's compensator.</summary>
    public int Rank => weights.Rank;

    /// <summary>Loads norm and matrix; where the two are tied the matrix is the embedding.</summary>
    public static OutputHead Load(ModelConfig config, TensorPlan plan, IWeightSource source) =>
        new(new RmsNorm(source.GetVector(plan.FinalNorm), config.RmsNormEpsilon), source.GetLinear(plan.Head ?? plan.Embedding));

    /// <summary>Computes the logits of <paramref name="tokens"/> rows of the residual stream from <paramref name="firstToken"/> on.</summary>
    /// <param name="workspace">Holds the residual stream.</param>
    /// <param name="firstToken">The first row.</param>
    /// <param name="tokens">Rows.</param>
    /// <param name="logits">Receives [tokens, vocabulary].</param>
    public void Forward(Workspace workspace, int firstToken, int tokens, float* logits)
    {
        workspace.Linears.Add(weights, workspace.Normalise.Run(norm, firstToken, tokens), logits, weights.OutFeatures);
        workspace.Linears.Run();
    }
}
