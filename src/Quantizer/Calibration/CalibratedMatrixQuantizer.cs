using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Quantizes single matrices with what is known about their inputs. Safe for concurrent calls.</summary>
internal sealed class CalibratedMatrixQuantizer(ITensorReader reader, QuantizationPlan plan, INumericBackend backend)
{
    /// <summary>Reads and quantizes one matrix.</summary>
    public SegmentTensor Quantize(PlannedTensor tensor, InputCovariance inputs, CancellationToken cancellationToken)
    {
        MatrixTreatment treatment = plan[tensor];
        if (treatment.Recipe is not { } recipe)
            return SegmentTensor.Plain(tensor, WeightLoader.LoadPlain(reader, tensor));
        using FloatMatrix weights = WeightLoader.LoadRows(reader, tensor, 0, tensor.Rows);
        return SegmentTensor.Packed(tensor, treatment, [BlockResult.From(MatrixQuantizer.Quantize(weights, inputs, recipe, backend, cancellationToken))]);
    }
}
