namespace MoEQuant.Kernels;

/// <summary>A kind of matrix that a model multiplies with: what decides which code of a kernel runs.</summary>
/// <param name="Bits">Bits of the codes: 3, 4 or 8.</param>
/// <param name="FactorBits">Bits of the compensator: 3 or 8, or 0 if there is none.</param>
/// <param name="ActivationBits">Bits of its inputs, 4 or 8; 0 if they are not quantized.</param>
/// <param name="ActivationGroupSize">Inputs that share a scale: 32, 64, 128, or 0 for all of a token.</param>
public sealed record KernelUse(int Bits, int FactorBits, int ActivationBits, int ActivationGroupSize);
