using MoEQuant.Kernels;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>What a trial of smoothing scales imitates.</summary>
/// <param name="Weights">Groups of the weights.</param>
/// <param name="Activations">How activations are quantized; null for floating point.</param>
/// <param name="Rotates">Whether the runtime rotates the inputs behind the smoothing.</param>
internal sealed record TrialFormat(GroupScheme Weights, ActivationScheme? Activations, bool Rotates = false);
