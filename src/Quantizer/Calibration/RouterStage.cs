using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.EAQuant.Routing;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Finishes a layer's router: fitted to what it sees behind the layers quantized so far, and quantized where bits are asked for.</summary>
internal static class RouterStage
{
    /// <summary>Runs behind smoothing and before the experts' tokens are chosen, since it changes who gets which.</summary>
    /// <param name="context">Model, data and options.</param>
    /// <param name="plan">The layer; nothing happens where it has no router.</param>
    /// <param name="streams">The streams behind attention.</param>
    /// <param name="reference">What the original layer's feed-forward network saw, in the basis of the context's weights.</param>
    /// <param name="finish">Takes the router.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static void Run(CalibratedLayerContext context, LayerPlan plan, LayerStreams streams, LayerCapture reference, Action<SegmentTensor> finish, CancellationToken cancellationToken)
    {
        if (plan.Router is not { } tensor)
            return;
        using FloatMatrix router = WeightLoader.LoadRows(context.Reader, tensor, 0, tensor.Rows);
        if (!context.Quantization.Corrections.AlignsRouters(context.Quantization.Scheme))
        {
            finish(Store(context, tensor, router, cancellationToken));
            return;
        }

        using LayerCapture seen = streams.Observe(LayerPart.FeedForwardInput, cancellationToken, LayerSite.FeedForwardInput);
        using FloatMatrix targets = RouterLogits.Of(router, reference[LayerSite.FeedForwardInput]);
        using FloatMatrix realigned = RouterRealignment.Realign(router, targets, seen[LayerSite.FeedForwardInput], context.Config.ExpertsPerToken).Router;
        finish(StoreAligned(context, tensor, realigned, seen[LayerSite.FeedForwardInput]));
    }

    private static SegmentTensor Store(CalibratedLayerContext context, PlannedTensor tensor, FloatMatrix router, CancellationToken cancellationToken)
    {
        MatrixTreatment treatment = context.Treatments[tensor];
        return treatment.Recipe is { } recipe
            ? SegmentTensor.Packed(tensor, treatment, MatrixQuantizer.Quantize(router, null, recipe, context.Backend, cancellationToken))
            : SegmentTensor.Plain(tensor, Values(router));
    }

    private static SegmentTensor StoreAligned(CalibratedLayerContext context, PlannedTensor tensor, FloatMatrix router, FloatMatrix inputs)
    {
        MatrixTreatment treatment = context.Treatments[tensor];
        if (treatment.Recipe is not { } recipe)
            return SegmentTensor.Plain(tensor, Values(router));
        AlignedRouter aligned = RouterAlignment.Align(router, inputs, new(recipe.Groups, context.Config.ExpertsPerToken));
        using FloatMatrix dequantized = aligned.Dequantized;
        double error = DoubleSums.SquaredDistance(router, dequantized);
        return SegmentTensor.Packed(tensor, treatment,
            new QuantizedMatrix(recipe, aligned.Groups, [], []) { SquaredNorm = DoubleSums.SquaredNorm(router), PlainError = error, FinalError = error });
    }

    private static float[] Values(FloatMatrix matrix)
    {
        float[] values = new float[matrix.Rows * matrix.Columns];
        for (int row = 0; row < matrix.Rows; row++)
            matrix.Row(row).CopyTo(values.AsSpan(row * matrix.Columns));
        return values;
    }
}
