using System.Runtime.CompilerServices;
using ILGPU.Runtime.Cuda;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>
/// Registers that pieces of inline PTX share: mq_d, the sums of 64 columns; mq_s, the scaled sums; mq_z, zero; mq_m, what is subtracted from codes. Values that pass through C# variables by reference would lie in
/// local memory; these never leave their registers before the end.
/// </summary>
internal static class TensorRegisters
{
    /// <summary>Declares the registers of a kernel, whose codes c stand in the halves 1024 + c.</summary>
    public const string Declaration = ".reg .f32 mq_d<4>, mq_s<4>, mq_z; .reg .b32 mq_m; mov.f32 mq_z, 0f00000000; ";

    /// <summary>Multiplies the fragment a0 … a3 with inputs, whose operands follow, and replaces the sums: the first of four instructions.</summary>
    public const string Multiply = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {mq_d0, mq_d1, mq_d2, mq_d3}, {a0, a1, a2, a3}, ";

    /// <summary>Ends the first instruction.</summary>
    public const string First = ", {mq_z, mq_z, mq_z, mq_z}; }";

    /// <summary>Ends the others, which add to the sums.</summary>
    public const string Next = ", {mq_d0, mq_d1, mq_d2, mq_d3}; }";

    /// <summary>Sets the scaled sums to zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear() => CudaAsm.Emit("mov.f32 mq_s0, mq_z; mov.f32 mq_s1, mq_z; mov.f32 mq_s2, mq_z; mov.f32 mq_s3, mq_z;");

    /// <summary>Adds scale · (sum − shift · Σ x) for two rows and two tokens.</summary>
    /// <param name="scale0">The scale of row g.</param>
    /// <param name="scale1">The scale of row g + 8.</param>
    /// <param name="negatedShift0">The centre minus the zero point of row g.</param>
    /// <param name="negatedShift1">The same of row g + 8.</param>
    /// <param name="sum0">Σ x of token 2t.</param>
    /// <param name="sum1">Σ x of token 2t + 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float scale0, float scale1, float negatedShift0, float negatedShift1, float sum0, float sum1)
    {
        CudaAsm.Emit("fma.rn.f32 mq_d0, %0, %2, mq_d0; fma.rn.f32 mq_d1, %0, %3, mq_d1; fma.rn.f32 mq_s0, %1, mq_d0, mq_s0; fma.rn.f32 mq_s1, %1, mq_d1, mq_s1;", negatedShift0, scale0, sum0, sum1);
        CudaAsm.Emit("fma.rn.f32 mq_d2, %0, %2, mq_d2; fma.rn.f32 mq_d3, %0, %3, mq_d3; fma.rn.f32 mq_s2, %1, mq_d2, mq_s2; fma.rn.f32 mq_s3, %1, mq_d3, mq_s3;", negatedShift1, scale1, sum0, sum1);
    }

    /// <summary>The scaled sums: rows g and g + 8, tokens 2t and 2t + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Read()
    {
        CudaAsm.Emit("mov.f32 %0, mq_s0;", out float row0Token0);
        CudaAsm.Emit("mov.f32 %0, mq_s1;", out float row0Token1);
        CudaAsm.Emit("mov.f32 %0, mq_s2;", out float row1Token0);
        CudaAsm.Emit("mov.f32 %0, mq_s3;", out float row1Token1);
        return new Float4(row0Token0, row0Token1, row1Token0, row1Token1);
    }
}
