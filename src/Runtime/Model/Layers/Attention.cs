using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>Self-attention of one layer: projections, optional query and key norms, clipping, rotary embedding, cache, output projection.</summary>
internal sealed unsafe class Attention
{
    private readonly ModelConfig _config;
    private readonly int _layer;
    private readonly Projection _query;
    private readonly Projection _key;
    private readonly Projection _value;
    private readonly Projection _output;
    private readonly RmsNorm? _queryNorm;
    private readonly RmsNorm? _keyNorm;

    public Attention(ModelConfig config, int layer, LayerPlan plan, IWeightSource source)
    {
        _config = config;
        _layer = layer;
        _query = Projection.Load(source, plan.Query);
        _key = Projection.Load(source, plan.Key);
        _value = Projection.Load(source, plan.Value);
        _output = Projection.Load(source, plan.Output);
        _queryNorm = plan.QueryNorm is null ? null : new RmsNorm(source.GetVector(plan.QueryNorm), config.RmsNormEpsilon);
        _keyNorm = plan.KeyNorm is null ? null : new RmsNorm(source.GetVector(plan.KeyNorm), config.RmsNormEpsilon);
    }

    /// <summary>The projections, for sizing work buffers.</summary>
    public IEnumerable<LinearWeights> Weights => [_query.Weights, _key.Weights, _value.Weights, _output.Weights];

    /// <summary>Adds the attention of the normalised tokens to the residual stream.</summary>
    public void Forward(Workspace workspace, in ActivationBlock normalised, int firstPosition, ForwardObserver? observer)
    {
        int tokens = normalised.Count;
        Enter(normalised, firstPosition, observer);
        workspace.Linears.Add(_query.Weights, normalised, workspace.Queries, _config.QuerySize);
        workspace.Linears.Add(_key.Weights, normalised, workspace.Keys, _config.KeyValueSize);
        workspace.Linears.Add(_value.Weights, normalised, workspace.Values, _config.KeyValueSize);
        workspace.Linears.Run();

        workspace.PrepareHeads.Run(this, _layer, firstPosition, tokens);
        workspace.Attention.Run(workspace.Pool, _layer, firstPosition, tokens, workspace.Queries);
        ActivationBlock heads = workspace.CompleteAttention.Run();
        Observation.Show(observer, _layer, LayerSite.OutputInput, firstPosition, heads);
        workspace.Linears.Add(_output.Weights, heads, workspace.Branch, _config.HiddenSize);
        workspace.Linears.Run();
        workspace.AddBranch.Run(tokens, _output);
    }

    /// <summary>The beginning of <see cref="Forward"/>: shows the input.</summary>
    public void Enter(in ActivationBlock normalised, int firstPosition, ForwardObserver? observer) =>
        Observation.Show(observer, _layer, LayerSite.AttentionInput, firstPosition, normalised);

    /// <summary>Brings one token's heads from their projections to the cache: bias, norm over the whole vector, clipping, then rotation per head, the order of the published modelling code.</summary>
    public void PrepareHeads(Workspace workspace, int token, int position)
    {
        var query = new Span<float>(workspace.Queries + ((long)token * _config.QuerySize), _config.QuerySize);
        var key = new Span<float>(workspace.Keys + ((long)token * _config.KeyValueSize), _config.KeyValueSize);
        var value = new Span<float>(workspace.Values + ((long)token * _config.KeyValueSize), _config.KeyValueSize);
        _query.AddBias(query);
        _key.AddBias(key);
        _value.AddBias(value);
        _queryNorm?.Apply(query, query);
        _keyNorm?.Apply(key, key);
        if (_config.ClipQkv is { } clip)
        {
            Clamp(query, clip);
            Clamp(key, clip);
            Clamp(value, clip);
        }

        ReadOnlySpan<float> cosines = workspace.Cosines(token), sines = workspace.Sines(token);
        for (int i = 0; i < query.Length; i += _config.HeadDimension)
            RotaryEmbedding.Rotate(query.Slice(i, _config.HeadDimension), cosines, sines);
        for (int i = 0; i < key.Length; i += _config.HeadDimension)
            RotaryEmbedding.Rotate(key.Slice(i, _config.HeadDimension), cosines, sines);
        workspace.Cache.Store(_layer, position, key, value);
    }

    private static void Clamp(Span<float> values, float limit)
    {
        foreach (ref float value in values)
            value = Math.Clamp(value, -limit, limit);
    }
}
