using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What is fixed about products on tensor cores, and where they can be.</summary>
internal static class TensorProduct
{
    /// <summary>Tokens of a work item: the columns of m16n8k16.</summary>
    public const int Tokens = 8;

    /// <summary>Warps of a thread group; they share the columns.</summary>
    public const int Warps = 4;

    /// <summary>Threads of a group, one for each of 16 × 8 results.</summary>
    public const int Threads = 32 * Warps;

    /// <summary>Whether a device has the instruction: CUDA from sm_80 on.</summary>
    public static bool IsSupported(Accelerator accelerator) => accelerator is CudaAccelerator cuda && IsSupported(cuda.Architecture);

    /// <summary>Whether an architecture has the instruction.</summary>
    public static bool IsSupported(CudaArchitecture architecture) => architecture >= CudaArchitecture.SM_80;

    /// <summary>Whether matrices fit: 3 or 4 bits, and groups that hold the 64 columns of a step.</summary>
    public static bool Suits(IEnumerable<MatrixLayout> layouts) => layouts.All(layout => layout.Bits is 3 or 4 && layout.GroupShift >= 6);
}
