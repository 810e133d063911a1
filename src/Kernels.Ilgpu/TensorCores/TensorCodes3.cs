using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>3-bit codes on tensor cores: two words of low bits and two of high bits, for two rows.</summary>
internal struct TensorCodes3 : ITensorCodes
{
    // (word & mask) | rest is lop3's table 0xEA. 0x6400 is 1024 in half precision, whose last bits count ones.
    private const string Decode =
        "lop3.b32 a0, l0, 0x00030003, 0x64006400, 0xEA; lop3.b32 a1, l1, 0x00030003, 0x64006400, 0xEA; "
        + "lop3.b32 a2, l2, 0x00030003, 0x64006400, 0xEA; lop3.b32 a3, l3, 0x00030003, 0x64006400, 0xEA; "
        + "lop3.b32 a0, h0, 0x00040004, a0, 0xEA; lop3.b32 a1, h1, 0x00040004, a1, 0xEA; lop3.b32 a2, h2, 0x00040004, a2, 0xEA; lop3.b32 a3, h3, 0x00040004, a3, 0xEA; "
        + "sub.f16x2 a0, a0, mq_m; sub.f16x2 a1, a1, mq_m; sub.f16x2 a2, a2, mq_m; sub.f16x2 a3, a3, mq_m; ";

    /// <inheritdoc/>
    public readonly int Bits => 3;

    /// <inheritdoc/>
    public readonly float Centre => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Begin() => CudaAsm.Emit(TensorRegisters.Declaration + "mov.b32 mq_m, 0x64046404;");

    /// <inheritdoc/>
    /// <remarks>Column 4i + j of a lane's 16 has its low bits at 8j + 2i of its word, and its high bit, the word shifted by 4 for every other lane, at 8j + i.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Multiply(ArrayView<uint> words, long columns, int row, int part, Word4 low, Word4 high)
    {
        long chunk = columns + ((part >> 1) * 48);
        int half = part & 1;
        uint low0 = words[chunk + (16 * half) + row], low1 = words[chunk + (16 * half) + row + 8];
        uint high0 = words[chunk + 32 + row] >> (4 * half), high1 = words[chunk + 40 + row] >> (4 * half);
        CudaAsm.Emit(
            "{ .reg .b32 l<4>, h<4>, a<4>; mov.b32 l0, %0; mov.b32 l1, %1; shr.b32 l2, %0, 8; shr.b32 l3, %1, 8; shl.b32 h0, %2, 2; shl.b32 h1, %3, 2; shr.b32 h2, %2, 6; shr.b32 h3, %3, 6; "
            + Decode + TensorRegisters.Multiply + "{%4, %5}" + TensorRegisters.First,
            low0, low1, high0, high1, low.X, low.Y);
        CudaAsm.Emit(
            "{ .reg .b32 l<4>, h<4>, a<4>; shr.b32 l0, %0, 2; shr.b32 l1, %1, 2; shr.b32 l2, %0, 10; shr.b32 l3, %1, 10; shl.b32 h0, %2, 1; shl.b32 h1, %3, 1; shr.b32 h2, %2, 7; shr.b32 h3, %3, 7; "
            + Decode + TensorRegisters.Multiply + "{%4, %5}" + TensorRegisters.Next,
            low0, low1, high0, high1, low.Z, low.W);
        CudaAsm.Emit(
            "{ .reg .b32 l<4>, h<4>, a<4>; shr.b32 l0, %0, 4; shr.b32 l1, %1, 4; shr.b32 l2, %0, 12; shr.b32 l3, %1, 12; mov.b32 h0, %2; mov.b32 h1, %3; shr.b32 h2, %2, 8; shr.b32 h3, %3, 8; "
            + Decode + TensorRegisters.Multiply + "{%4, %5}" + TensorRegisters.Next,
            low0, low1, high0, high1, high.X, high.Y);
        CudaAsm.Emit(
            "{ .reg .b32 l<4>, h<4>, a<4>; shr.b32 l0, %0, 6; shr.b32 l1, %1, 6; shr.b32 l2, %0, 14; shr.b32 l3, %1, 14; shr.b32 h0, %2, 1; shr.b32 h1, %3, 1; shr.b32 h2, %2, 9; shr.b32 h3, %3, 9; "
            + Decode + TensorRegisters.Multiply + "{%4, %5}" + TensorRegisters.Next,
            low0, low1, high0, high1, high.Z, high.W);
    }
}
