using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Quantizes single matrices with what is known about their inputs. Safe for concurrent calls.</summary>
internal sealed class CalibratedMatrixQuantizer(ITensorReader reader, QuantizationPlan plan, INumericBackend backend)
{
    /// <summary>Turns the covariance of captured inputs into that of what a matrix multiplies, in place: the runtime may rotate its inputs.</summary>
    public InputCovariance Prepare(PlannedTensor tensor, InputCovariance inputs)
    {
        InputRotation.Apply(inputs, plan[tensor].Activations);
        return inputs;
    }

    /// <summary>Reads and quantizes one matrix.</summary>
    /// <param name="tensor">The matrix.</param>
    /// <param name="inputs">What <see cref="Prepare"/> gave.</param>
    /// <param name="cancellationToken">Looked at between iterations.</param>
    public SegmentTensor Quantize(PlannedTensor tensor, InputCovariance inputs, CancellationToken cancellationToken)
    {
        MatrixTreatment treatment = plan[tensor];
        if (treatment.Recipe is not { } recipe)
            return SegmentTensor.Plain(tensor, WeightLoader.LoadPlain(reader, tensor));
        using FloatMatrix weights = WeightLoader.LoadRows(reader, tensor, 0, tensor.Rows);
        InputRotation.Apply(weights, treatment.Activations);
        return SegmentTensor.Packed(tensor, treatment, [BlockResult.From(MatrixQuantizer.Quantize(weights, inputs, recipe, backend, cancellationToken))]);
    }
}
