using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>Finds the smoothing scales of one layer from its weights and from what its matrices saw, and adds them to a transform. Deterministic.</summary>
/// <param name="config">The model.</param>
/// <param name="plan">The layer.</param>
/// <param name="load">Reads an unquantized matrix of the layer; it is disposed after use, so that few are in memory at once.</param>
/// <param name="options">How.</param>
/// <param name="backend">The arithmetic.</param>
internal sealed class LayerSmoother(ModelConfig config, LayerPlan plan, Func<PlannedTensor, FloatMatrix> load, SmoothingOptions options, INumericBackend backend)
{
    private readonly SmoothingTrial _trial = new(options.Format, backend);

    /// <summary>Norm → q, k, v and, where values are not clipped, v → o.</summary>
    /// <param name="inputs">What q, k and v saw, [tokens, hidden].</param>
    /// <param name="outputInputs">What o saw, [tokens, query size].</param>
    public LayerTransform SmoothAttention(FloatMatrix inputs, FloatMatrix outputInputs)
    {
        LayerTransform transform = new();
        if (inputs.Rows == 0)
            return transform;
        IReadOnlyList<PlannedTensor> readers = LayerSmoothing.AttentionReaders(plan);
        float[] maxima = ChannelMaxima.Of(inputs);
        SmoothingConsumer[] consumers = [.. readers.Select(reader => new SmoothingConsumer(maxima, WeightMaxima(reader), inputs.Rows))];
        using FloatMatrix tried = Pick(inputs, []);
        transform.SmoothAttentionInput(plan, Choose(Merge(consumers), [.. readers.Select(reader => Consumer(reader, tried))]));
        if (!ValueChannels.MayChange(config))
            return transform;

        SmoothingConsumer output = new(
            ValueChannels.Collect(ChannelMaxima.Of(outputInputs), config), ValueChannels.Collect(WeightMaxima(plan.Output.Weight), config), outputInputs.Rows);
        using FloatMatrix triedOutputs = Pick(outputInputs, []);
        float[] spread = Choose(ValueChannels.Spread(Merge([output]), config), [Consumer(plan.Output.Weight, triedOutputs)]);
        transform.SmoothValues(plan, config, ValueChannels.Collect(spread, config));
        return transform;
    }

    /// <summary>Norm → router, experts, shared or dense network; and up → down inside each network.</summary>
    /// <param name="inputs">What they saw, [tokens, hidden].</param>
    /// <param name="tokensOf">The tokens of each expert, rows of <paramref name="inputs"/>; an expert without tokens has no say.</param>
    /// <param name="shareOf">The weight of each expert in the merge by share: its part of the tokens, or its mean router probability.</param>
    public LayerTransform SmoothFeedForward(FloatMatrix inputs, Func<int, int[]> tokensOf, Func<int, double> shareOf)
    {
        LayerTransform transform = new();
        if (inputs.Rows == 0)
            return transform;
        float[] maxima = ChannelMaxima.Of(inputs);
        List<SmoothingConsumer> consumers = [];
        if (plan.Router is not null)
            consumers.Add(new(maxima, WeightMaxima(plan.Router), inputs.Rows));
        using Disposables owned = new();
        List<TrialConsumer> trials = [];
        foreach (GatedMlpPlan network in plan.Networks())
        {
            int expert = network.Gate.Expert;
            int[] tokens = expert >= 0 ? tokensOf(expert) : [.. Enumerable.Range(0, inputs.Rows)];
            if (tokens.Length == 0)
                continue;
            FloatMatrix tried = owned.Add(Pick(inputs, tokens));
            using FloatMatrix gate = load(network.Gate), up = load(network.Up);
            consumers.Add(new(ChannelMaxima.Of(inputs, tokens), ChannelMaxima.Of([gate, up]), tokens.Length, expert >= 0 ? shareOf(expert) : 1));
            double share = (double)tokens.Length / inputs.Rows;
            trials.AddRange([Consumer(network.Gate, tried, share), Consumer(network.Up, tried, share)]);
            SmoothInner(transform, network, gate, up, tried);
        }

        transform.SmoothFeedForwardInput(plan, Choose(Merge(consumers), trials));
        return transform;
    }

    private void SmoothInner(LayerTransform transform, GatedMlpPlan network, FloatMatrix gate, FloatMatrix up, FloatMatrix inputs)
    {
        using FloatMatrix inner = GatedInner.Of(gate, up, inputs, backend);
        float[] scales = OutlierChannels.Scales(ChannelMaxima.Of(inner));
        if (scales.Any(scale => scale != 1))
            transform.SmoothInner(network, Choose(scales, [Consumer(network.Down, inner)]));
    }

    private TrialConsumer Consumer(PlannedTensor tensor, FloatMatrix inputs, double share = 1) => new(() => load(tensor), inputs, share);

    private float[] WeightMaxima(PlannedTensor tensor)
    {
        using FloatMatrix weights = load(tensor);
        return ChannelMaxima.Of(weights);
    }

    private float[] Merge(IReadOnlyList<SmoothingConsumer> consumers) => SmoothingScales.Merge(consumers, options.Alpha, options.Merge);

    private float[] Choose(float[] scales, IReadOnlyList<TrialConsumer> consumers) => options.Trial ? _trial.Choose(scales, consumers) : scales;

    /// <summary>Evenly picked rows; of all rows where none are named.</summary>
    private FloatMatrix Pick(FloatMatrix rows, ReadOnlySpan<int> named)
    {
        int available = named.IsEmpty ? rows.Rows : named.Length, count = Math.Min(available, options.TrialTokens);
        FloatMatrix picked = new(count, rows.Columns);
        for (int i = 0; i < count; i++)
        {
            int index = (int)((long)i * available / count);
            rows.Row(named.IsEmpty ? index : named[index]).CopyTo(picked.Row(i));
        }

        return picked;
    }
}
