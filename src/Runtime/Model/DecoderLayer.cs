using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model;

/// <summary>One decoder layer: norm, attention, norm, feed-forward network, each added to the residual stream.</summary>
internal sealed class DecoderLayer(ModelConfig config, int layer, LayerPlan plan, IWeightSource source)
{
    public RmsNorm InputNorm { get; } = new(source.GetVector(plan.InputNorm), config.RmsNormEpsilon);

    public Attention Attention { get; } = new(config, layer, plan, source);

    public RmsNorm PostAttentionNorm { get; } = new(source.GetVector(plan.PostAttentionNorm), config.RmsNormEpsilon);

    public FeedForward FeedForward { get; } = new(config, layer, plan, source);

    /// <summary>Runs the layer on the first <paramref name="tokens"/> rows of the workspace's residual stream; their rotations are filled in.</summary>
    public void Forward(Workspace workspace, int tokens, int firstPosition, ForwardObserver? observer)
    {
        ForwardAttention(workspace, tokens, firstPosition, observer);
        ForwardFeedForward(workspace, tokens, firstPosition, observer);
    }

    /// <summary>The first half: adds attention to the residual stream.</summary>
    public void ForwardAttention(Workspace workspace, int tokens, int firstPosition, ForwardObserver? observer) =>
        Attention.Forward(workspace, workspace.Normalise.Run(InputNorm, 0, tokens), firstPosition, observer);

    /// <summary>The second half: adds the feed-forward network to the residual stream.</summary>
    public void ForwardFeedForward(Workspace workspace, int tokens, int firstPosition, ForwardObserver? observer) =>
        FeedForward.Forward(workspace, workspace.Normalise.Run(PostAttentionNorm, 0, tokens), firstPosition, observer);

    /// <summary>The beginning of <see cref="ForwardAttention"/>: shows the normalised input and computes nothing more.</summary>
    public void EnterAttention(Workspace workspace, int tokens, int firstPosition, ForwardObserver? observer) =>
        Attention.Enter(workspace.Normalise.Run(InputNorm, 0, tokens), firstPosition, observer);

    /// <summary>The beginning of <see cref="ForwardFeedForward"/>: shows the normalised input and the routing and computes nothing more.</summary>
    public void EnterFeedForward(Workspace workspace, int tokens, int firstPosition, ForwardObserver? observer) =>
        FeedForward.Enter(workspace, workspace.Normalise.Run(PostAttentionNorm, 0, tokens), firstPosition, observer);

    /// <summary>The widest compensator of the layer.</summary>
    public int LargestRank
    {
        get
        {
            int largest = 0;
            foreach (LinearWeights weights in Attention.Weights)
                largest = Math.Max(largest, weights.Rank);
            foreach (LinearWeights weights in FeedForward.Weights)
                largest = Math.Max(largest, weights.Rank);
            return largest;
        }
    }
}
