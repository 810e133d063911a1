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
/// <param name="Quantization">What the user decided.</param>
/// <param name="Backend">The arithmetic.</param>
internal sealed record CalibratedLayerContext(
    ITensorReader Reader, ModelConfig Config, TensorPlan Plan, QuantizationPlan Treatments, CalibrationData Data, QuantizationOptions Quantization, INumericBackend Backend)
{
    /// <summary>How the tokens are used.</summary>
    public CalibrationOptions Options => Quantization.Calibration;

    /// <summary>Whether layers are smoothed before they are quantized.</summary>
    public bool Smooths => Quantization.Corrections.Smooths(Quantization.Scheme);

    /// <summary>Threads; without influence on the result.</summary>
    public int ThreadCount => Quantization.ThreadCount;

    /// <summary>Quantizes single matrices.</summary>
    public CalibratedMatrixQuantizer Matrices => new(Reader, Treatments, Backend);
}
