namespace MoEQuant.Quantizer.Algorithms.MiLo;

/// <summary>A matrix as it will be stored, and how far it is from the original.</summary>
/// <param name="Groups">Codes, scales and zero points of Q.</param>
/// <param name="InputFactor">V, packed; empty at rank 0.</param>
/// <param name="OutputFactor">U transposed, packed; empty at rank 0.</param>
/// <param name="SquaredNorm">‖W‖².</param>
/// <param name="PlainError">‖W − Q(W)‖²: group quantization without compensator.</param>
/// <param name="FinalError">‖W − Ŵ − U·V‖² with scales, zero points and factors as stored.</param>
/// <param name="Iterations">Iterations of the loop; 0 at rank 0.</param>
internal sealed record MiLoResult(QuantizedGroups Groups, byte[] InputFactor, byte[] OutputFactor, double SquaredNorm, double PlainError, double FinalError, int Iterations);
