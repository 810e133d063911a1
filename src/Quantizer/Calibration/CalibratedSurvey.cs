using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>
/// Surveys candidates with calibration tokens: the original network is walked once, and every matrix's estimated output error counts as what it does to the residual stream. Losses are mean squares
/// relative to the stream's: those of output and down projections directly; those of the matrices before them as the share of the output's energy that a relative error of theirs turns over. A
/// routed expert counts with its router weights, and so with how often it is used.
/// </summary>
internal sealed class CalibratedSurvey(QuantizationSource source, QuantizationOptions options, CalibrationData data, INumericBackend backend)
{
    /// <summary>Measures every linear matrix, in file order.</summary>
    public IReadOnlyList<MatrixChoices> Run(RoundingMethod rounding, CancellationToken cancellationToken)
    {
        SurveyedMatrix matrices = new(source.Weights, options, rounding, backend);
        Dictionary<string, MatrixChoices> choices = new(StringComparer.Ordinal);
        SurveyWalk.Run(source, data, options.ThreadCount, [LayerSite.AttentionInput, LayerSite.OutputInput, LayerSite.FeedForwardInput], (layer, capture, states) =>
        {
            foreach (MatrixChoices choice in Survey(source.Plan.Layers[layer], capture, states.MeanSquare(), matrices, cancellationToken))
                choices.Add(choice.Tensor.Name, choice);
        }, cancellationToken);
        return [.. source.Plan.Tensors.Where(tensor => choices.ContainsKey(tensor.Name)).Select(tensor => choices[tensor.Name])];
    }

    private List<MatrixChoices> Survey(LayerPlan plan, LayerCapture capture, double stream, SurveyedMatrix matrices, CancellationToken cancellationToken)
    {
        List<Func<CancellationToken, MatrixChoices[]>> work = [cancel => Attention(plan, capture, stream, matrices)];
        foreach (GatedMlpPlan network in plan.Networks)
            work.Add(cancel => Network(network, capture, stream, matrices, cancel));
        List<MatrixChoices> choices = [];
        OrderedWork.Run(work, options.ThreadCount, long.MaxValue, _ => 0, (item, cancel) => item(cancel), (_, made) => choices.AddRange(made), cancellationToken);
        return choices;
    }

    private MatrixChoices[] Attention(LayerPlan plan, LayerCapture capture, double stream, SurveyedMatrix matrices)
    {
        using InputCovariance inputs = InputCovariance.From(capture[LayerSite.AttentionInput], [], [], backend), heads = InputCovariance.From(capture[LayerSite.OutputInput], [], [], backend);
        double power = matrices.OutputNorm(plan.Output.Weight, heads) / stream;
        return
        [
            matrices.Measure(plan.Query.Weight, inputs, power),
            matrices.Measure(plan.Key.Weight, inputs, power),
            matrices.Measure(plan.Value.Weight, inputs, power),
            matrices.Measure(plan.Output.Weight, heads, power),
        ];
    }

    private MatrixChoices[] Network(GatedMlpPlan network, LayerCapture capture, double stream, SurveyedMatrix matrices, CancellationToken cancellationToken)
    {
        FloatMatrix x = capture[LayerSite.FeedForwardInput];
        (int[] tokens, float[] weights) = network.Gate.Expert >= 0 ? capture.Routing!.TokensOf(network.Gate.Expert) : ([], []);
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= weights[i];

        // An expert that no token reached is judged by all inputs, and counts as one that few reach: not at all would leave its error without limit.
        bool reached = network.Gate.Expert < 0 || weights.Any(weight => weight > 0);
        double share = network.Gate.Expert < 0 ? 1 : reached ? weights.Sum(weight => (double)weight) / x.Rows : 1.0 / x.Rows;
        if (!reached)
            (tokens, weights) = ([], []);
        using FloatMatrix innerRows = InnerActivations.Of(network, source.Weights, x, tokens, cancellationToken);
        using InputCovariance inputs = InputCovariance.From(x, tokens, weights, backend), inner = InputCovariance.From(innerRows, [], weights, backend);
        double power = share * matrices.OutputNorm(network.Down, inner) / stream;
        return [matrices.Measure(network.Gate, inputs, power), matrices.Measure(network.Up, inputs, power), matrices.Measure(network.Down, inner, power)];
    }
}
