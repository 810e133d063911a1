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
        int tokens = normalised.Count, slots = 0;
        Enter(workspace, normalised, firstPosition, observer);
        if (_router is not null)
        {
            workspace.Routed.Group();
            slots = workspace.Routed.SlotCount;
        }

        int everyTokens = _everyToken is null ? 0 : tokens;
        for (Wave wave = default; wave.EndSlot < slots || wave.EndToken < everyTokens;)
        {
            int endSlot = wave.EndSlot < slots ? workspace.Routed.EndOfWave(wave.EndSlot, workspace.WaveSlots) : slots;
            wave = new Wave(wave.EndSlot, endSlot, wave.EndToken, Math.Min(wave.EndToken + workspace.WaveTokens, everyTokens));
            RunWave(workspace, normalised, wave, firstPosition, observer);
        }

        workspace.Linears.ForgetInputs();

        // The last to be added, whatever the waves: a token's result does not depend on its batch.
        if (_everyToken is not null)
            workspace.AddBranch.Run(tokens);
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
        workspace.SelectExperts.Run(normalised.Count);
        for (int token = 0; observer is not null && token < normalised.Count; token++)
        {
            (observer as LayerObserver)?.OnRouterProbabilities(_layer, firstPosition + token, new ReadOnlySpan<float>(workspace.RouterLogits + ((long)token * _config.ExpertCount), _config.ExpertCount));
            observer.OnRouted(_layer, firstPosition + token, workspace.Routed.Experts(token), workspace.Routed.Weights(token));
        }
    }

    private void RunWave(Workspace workspace, in ActivationBlock normalised, in Wave wave, int firstPosition, ForwardObserver? observer)
    {
        if (wave.SlotCount > 0)
            AddExperts(workspace, normalised, wave);
        if (wave.TokenCount > 0)
            AddEveryToken(workspace, normalised, wave);
        workspace.Linears.Run(keepInputs: true);

        if (wave.SlotCount > 0)
            AddDown(workspace, workspace.ActivateExperts.Run(), wave);
        if (wave.TokenCount > 0)
        {
            ActivationBlock inner = workspace.ActivateShared.Run();
            Observation.Show(observer, _layer, _router is null ? LayerSite.DenseInner : LayerSite.SharedInner, firstPosition + wave.FirstToken, inner);
            workspace.Linears.Add(_everyToken!.Down, inner, workspace.Branch + ((long)wave.FirstToken * _config.HiddenSize), _config.HiddenSize);
        }

        workspace.Linears.Run();
        if (wave.SlotCount > 0)
            workspace.Combine.Run(normalised.Count, wave.FirstSlot, wave.EndSlot);
    }

    private void AddExperts(Workspace workspace, in ActivationBlock normalised, in Wave wave)
    {
        int width = _config.ExpertIntermediateSize;
        workspace.ExpertGate.Reset(wave.SlotCount, width);
        ActivationBlock gate = workspace.ExpertGate.Block;
        for (int expert = 0; expert < _experts.Length; expert++)
        {
            (int first, int count) = wave.SlotsOf(workspace.Routed, expert);
            if (count == 0)
                continue;
            int* tokens = workspace.Routed.TokenOfSlot + wave.FirstSlot + first;
            workspace.Linears.Add(_experts[expert].Gate, normalised, tokens, count, gate.Values + ((long)first * gate.Stride), gate.Stride);
            workspace.Linears.Add(_experts[expert].Up, normalised, tokens, count, workspace.ExpertUp + ((long)first * width), width);
        }
    }

    private void AddDown(Workspace workspace, in ActivationBlock inner, in Wave wave)
    {
        for (int expert = 0; expert < _experts.Length; expert++)
        {
            (int first, int count) = wave.SlotsOf(workspace.Routed, expert);
            if (count > 0)
                workspace.Linears.Add(_experts[expert].Down, inner, workspace.Ascending(first), count, workspace.ExpertOutput + ((long)first * _config.HiddenSize), _config.HiddenSize);
        }
    }

    private void AddEveryToken(Workspace workspace, in ActivationBlock normalised, in Wave wave)
    {
        int* tokens = workspace.Ascending(wave.FirstToken);
        workspace.SharedGate.Reset(wave.TokenCount, _everyToken!.Width);
        ActivationBlock gate = workspace.SharedGate.Block;
        workspace.Linears.Add(_everyToken.Gate, normalised, tokens, wave.TokenCount, gate.Values, gate.Stride);
        workspace.Linears.Add(_everyToken.Up, normalised, tokens, wave.TokenCount, workspace.SharedUp, _everyToken.Width);
    }
}
