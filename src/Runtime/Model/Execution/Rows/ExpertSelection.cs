using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Layers;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Chooses the experts of many tokens.</summary>
/// <param name="pool">The threads.</param>
/// <param name="config">How many experts there are, and how their weights are normalised.</param>
/// <param name="logits">The router's outputs, [tokens, experts]; become probabilities.</param>
/// <param name="routed">Receives experts and weights.</param>
internal sealed unsafe class ExpertSelection(WorkerPool pool, ModelConfig config, float* logits, RoutedTokens routed) : RowWork(pool)
{
    /// <summary>Chooses for all tokens.</summary>
    public void Run(int tokens) => Run(tokens, (long)config.ExpertCount * config.ExpertsPerToken);

    protected override void ExecuteRows(int firstRow, int endRow)
    {
        for (int token = firstRow; token < endRow; token++)
            Router.Select(new Span<float>(logits + ((long)token * config.ExpertCount), config.ExpertCount), config.NormalizeTopK, routed.Experts(token), routed.Weights(token));
    }
}
