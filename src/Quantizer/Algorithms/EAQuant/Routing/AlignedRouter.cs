using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>A quantized router.</summary>
/// <param name="Groups">Codes, scales and zero points.</param>
/// <param name="Dequantized">What they stand for, [experts, hidden]; the caller disposes it.</param>
/// <param name="ClipRatios">The chosen ratio of every expert's row.</param>
/// <param name="Agreement">Top-k agreement with the router that was given, on all tokens; 1 without tokens.</param>
internal sealed record AlignedRouter(QuantizedGroups Groups, FloatMatrix Dequantized, float[] ClipRatios, double Agreement);
