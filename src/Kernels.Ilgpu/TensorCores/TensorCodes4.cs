using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>4-bit codes on tensor cores: two words of 8 columns each, for two rows.</summary>
internal struct TensorCodes4 : ITensorCodes
{
    // (word & mask) | rest is lop3's table 0xEA. 0x6400 is 1024 in half precision, whose last bits count ones.
    private const string Decode =
        "lop3.b32 a0, a0, 0x000F000F, 0x64006400, 0xEA; lop3.b32 a1, a1, 0x000F000F, 0x64006400, 0xEA; "
        + "lop3.b32 a2, a2, 0x000F000F, 0x64006400, 0xEA; lop3.b32 a3, a3, 0x000F000F, 0x64006400, 0xEA; "
        + "sub.f16x2 a0, a0, mq_m; sub.f16x2 a1, a1, mq_m; sub.f16x2 a2, a2, mq_m; sub.f16x2 a3, a3, mq_m; ";

    /// <inheritdoc/>
    public readonly int Bits => 4;

    /// <inheritdoc/>
    public readonly float Centre => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Begin() => CudaAsm.Emit(TensorRegisters.Declaration + "mov.b32 mq_m, 0x64086408;");

    /// <inheritdoc/>
    /// <remarks>Column 4i + j of a lane's 16 stands in word i / 2 at 8j + 4 (i mod 2).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Multiply(ArrayView<uint> words, long columns, int row, int part, Word4 low, Word4 high)
    {
        long vector = columns + (part * 32);
        uint first0 = words[vector + row], first1 = words[vector + row + 8], second0 = words[vector + 16 + row], second1 = words[vector + row + 24];
        CudaAsm.Emit(
            "{ .reg .b32 a<4>; mov.b32 a0, %0; mov.b32 a1, %1; shr.b32 a2, %0, 8; shr.b32 a3, %1, 8; "
            + Decode + TensorRegisters.Multiply + "{%2, %3}" + TensorRegisters.First,
            first0, first1, low.X, low.Y);
        CudaAsm.Emit(
            "{ .reg .b32 a<4>; shr.b32 a0, %0, 4; shr.b32 a1, %1, 4; shr.b32 a2, %0, 12; shr.b32 a3, %1, 12; "
            + Decode + TensorRegisters.Multiply + "{%2, %3}" + TensorRegisters.Next,
            first0, first1, low.Z, low.W);
        CudaAsm.Emit(
            "{ .reg .b32 a<4>; mov.b32 a0, %0; mov.b32 a1, %1; shr.b32 a2, %0, 8; shr.b32 a3, %1, 8; "
            + Decode + TensorRegisters.Multiply + "{%2, %3}" + TensorRegisters.Next,
            second0, second1, high.X, high.Y);
        CudaAsm.Emit(
            "{ .reg .b32 a<4>; shr.b32 a0, %0, 4; shr.b32 a1, %1, 4; shr.b32 a2, %0, 12; shr.b32 a3, %1, 12; "
            + Decode + TensorRegisters.Multiply + "{%2, %3}" + TensorRegisters.Next,
            second0, second1, high.Z, high.W);
    }
}
