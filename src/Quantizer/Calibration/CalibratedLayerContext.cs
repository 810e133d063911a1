using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>What all layers of a calibrated run have in common.</summary>
/// <param name="Reader">The unquantized weights.</param>
/// <param name="Config">The network.</param>
/// <param name="Plan">Its tensors.</param>
/// <param name="Treatments">How each tensor is stored.</param>
/// <param name="Data">The calibration tokens.</param>
/// <param name="Options">How they are used.</param>
/// <param name="Backend">The arithmetic.</param>
/// <param name="ThreadCount">Threads; without influence on the result.</param>
internal sealed record CalibratedLayerContext(
    ITensorReader Reader, ModelConfig Config, TensorPlan Plan, QuantizationPlan Treatments, CalibrationData Data, CalibrationOptions Options, INumericBackend Backend, int ThreadCount)
{
    /// <summary>Quantizes single matrices.</summary>
    public CalibratedMatrixQuantizer Matrices { get; } = new(Reader, Treatments, Backend);
}
