using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>
/// The feed-forward network of one layer: routed experts, networks that every token passes (shared experts, or the dense network of a layer without
/// experts), or both. Tokens are grouped by expert, so that an expert's weights are read once per batch.
/// </summary>
internal sealed unsafe class FeedForward
{
    private readonly ModelConfig _config;
    private readonly int _layer;
    private readonly LinearWeights? _router;
    private readonly GatedMlp[] _experts;
    private readonly GatedMlp? _everyToken;

    public FeedForward(ModelConfig config, int layer, LayerPlan plan, IWeightSource source)
    {
        _config = config;
        _layer = layer;
        _router = plan.Router is null ? null : source.GetLinear(plan.Router);
        _experts = [.. plan.Experts.Select(expert => GatedMlp.Load(source, expert))];
        GatedMlpPlan? everyToken = plan.DenseMlp ?? plan.SharedExperts;
        _everyToken = everyToken is null ? null : GatedMlp.Load(source, everyToken);
    }

    /// <summary>The projections, for sizing work buffers.</summary>
    public IEnumerable<LinearWeights> Weights => _experts.Concat(_everyToken is null ? [] : [_everyToken]).SelectMany(mlp => mlp.Weights);

    /// <summary>Adds the network's output for the normalised tokens to the residual stream.</summary>
    public void Forward(Workspace workspace, in ActivationBlock normalised, int firstPosition, ForwardObserver? observer)
    {
        int tokens = normalised.Count;
        Enter(workspace, normalised, firstPosition, observer);
        if (_router is not null)
        {
            workspace.Routed.Group();
            AddGateAndUp(workspace, normalised);
        }

        if (_everyToken is not null)
        {
            workspace.Linears.Add(_everyToken.Gate, normalised, workspace.SharedGate, _everyToken.Width);
            workspace.Linears.Add(_everyToken.Up, normalised, workspace.SharedUp, _everyToken.Width);
        }

        workspace.Linears.Run();
        if (_router is not null)
            AddDown(workspace);
        if (_everyToken is not null)
        {
            ActivationBlock inner = Activate(workspace.SharedInner, tokens, _everyToken.Width, workspace.SharedGate, workspace.SharedUp);
            Observation.Show(observer, _layer, _router is null ? LayerSite.DenseInner : LayerSite.SharedInner, firstPosition, inner);
            workspace.Linears.Add(_everyToken.Down, inner, workspace.Branch, _config.HiddenSize);
        }

        workspace.Linears.Run();
        if (_everyToken is not null)
            workspace.AddBranch(tokens);
        if (_router is not null)
            Combine(workspace, tokens);
    }

    /// <summary>The beginning of <see cref="Forward"/>: shows the input and routes the tokens, and computes no expert.</summary>
    public void Enter(Workspace workspace, in ActivationBlock normalised, int firstPosition, ForwardObserver? observer)
    {
        Observation.Show(observer, _layer, LayerSite.FeedForwardInput, firstPosition, normalised);
        if (_router is not null)
            Route(workspace, normalised, firstPosition, observer);
    }

    private void Route(Workspace workspace, in ActivationBlock normalised, int firstPosition, ForwardObserver? observer)
    {
        workspace.Linears.Add(_router!, normalised, workspace.RouterLogits, _config.ExpertCount);
        workspace.Linears.Run();
        workspace.Routed.Reset(normalised.Count);
        for (int token = 0; token < normalised.Count; token++)
        {
            var logits = new Span<float>(workspace.RouterLogits + ((long)token * _config.ExpertCount), _config.ExpertCount);
            Span<int> experts = workspace.Routed.Experts(token);
            Span<float> weights = workspace.Routed.Weights(token);
            Router.Select(logits, _config.NormalizeTopK, experts, weights);
            (observer as LayerObserver)?.OnRouterProbabilities(_layer, firstPosition + token, logits);
            observer?.OnRouted(_layer, firstPosition + token, experts, weights);
        }
    }

    private ActivationBlock GatherInputs(Workspace workspace, in ActivationBlock normalised)
    {
        RoutedTokens routed = workspace.Routed;
        workspace.ExpertInputs.Reset(routed.SlotCount, _config.HiddenSize);
        for (int slot = 0; slot < routed.SlotCount; slot++)
        {
            var source = new ReadOnlySpan<float>(normalised.Values + ((long)routed.TokenOf(slot) * normalised.Stride), _config.HiddenSize);
            source.CopyTo(workspace.ExpertInputs.Row(slot));
        }

        return workspace.ExpertInputs.Complete();
    }

    private void AddGateAndUp(Workspace workspace, in ActivationBlock normalised)
    {
        int width = _config.ExpertIntermediateSize;

        // A single token is the input of all its experts: nothing to gather, and prepared once for all of them.
        bool single = normalised.Count == 1;
        ActivationBlock inputs = single ? normalised : GatherInputs(workspace, normalised);
        for (int expert = 0; expert < _experts.Length; expert++)
        {
            (int start, int count) = workspace.Routed.SlotsOf(expert);
            if (count == 0)
                continue;
            ActivationBlock x = single ? inputs : Slice(inputs, start, count);
            workspace.Linears.Add(_experts[expert].Gate, x, workspace.ExpertGate + ((long)start * width), width);
            workspace.Linears.Add(_experts[expert].Up, x, workspace.ExpertUp + ((long)start * width), width);
        }
    }

    private void AddDown(Workspace workspace)
    {
        int width = _config.ExpertIntermediateSize;
        ActivationBlock inner = Activate(workspace.ExpertInner, workspace.Routed.SlotCount, width, workspace.ExpertGate, workspace.ExpertUp);
        for (int expert = 0; expert < _experts.Length; expert++)
        {
            (int start, int count) = workspace.Routed.SlotsOf(expert);
            if (count > 0)
                workspace.Linears.Add(_experts[expert].Down, Slice(inner, start, count), workspace.ExpertOutput + ((long)start * _config.HiddenSize), _config.HiddenSize);
        }
    }

    private static ActivationBlock Activate(ActivationBuffer inner, int rows, int width, float* gate, float* up)
    {
        inner.Reset(rows, width);
        for (int row = 0; row < rows; row++)
        {
            long offset = (long)row * width;
            GatedMlp.Activate(new ReadOnlySpan<float>(gate + offset, width), new ReadOnlySpan<float>(up + offset, width), inner.Row(row));
        }

        return inner.Complete();
    }

    private static ActivationBlock Slice(in ActivationBlock block, int start, int count) => new(
        block.Values + ((long)start * block.Stride), block.GroupSums + ((long)start * (block.Stride / ActivationBlock.SumGroup)), count, block.Columns, block.Stride);

    private void Combine(Workspace workspace, int tokens)
    {
        RoutedTokens routed = workspace.Routed;
        for (int token = 0; token < tokens; token++)
        {
            ReadOnlySpan<float> weights = routed.Weights(token);
            ReadOnlySpan<int> slots = routed.SlotsOfToken(token);
            for (int k = 0; k < weights.Length; k++)
            {
                var output = new ReadOnlySpan<float>(workspace.ExpertOutput + ((long)slots[k] * _config.HiddenSize), _config.HiddenSize);
                workspace.AddToResidual(token, output, weights[k]);
            }
        }
    }
}
