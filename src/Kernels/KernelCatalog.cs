using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MoEQuant.Kernels;

/// <summary>The kernels that this machine can run, best first. The only place that asks which instructions exist.</summary>
/// <remarks>The environment variable <c>MOEQUANT_KERNEL</c> forces one kernel by name, for tests and comparisons.</remarks>
public static class KernelCatalog
{
    /// <summary>The variable that forces a kernel.</summary>
    public const string Variable = "MOEQUANT_KERNEL";

    private static readonly MatrixKernel[] Usable = FindUsable();

    /// <summary>All kernels that work here, best first. The last one, Scalar, works everywhere.</summary>
    public static IReadOnlyList<MatrixKernel> Available => Usable;

    /// <summary>The kernel to use: the first available one, or the one that <c>MOEQUANT_KERNEL</c> names.</summary>
    /// <exception cref="InvalidOperationException">The variable names a kernel that does not exist or does not work here.</exception>
    public static MatrixKernel Best => Select(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The kernel of a name, compared without case; the best one if there is no name.</summary>
    internal static MatrixKernel Select(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return Usable[0];
        foreach (MatrixKernel kernel in Usable)
            if (kernel.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return kernel;
        throw new InvalidOperationException($"{Variable} is '{name}'; kernels usable here are {string.Join(", ", Usable.Select(kernel => kernel.Name))}.");
    }

    private static MatrixKernel[] FindUsable()
    {
        List<MatrixKernel> kernels = [];
        if (Avx512F.IsSupported && Avx512BW.IsSupported)
            kernels.Add(new LaneKernel<Lanes512, Vector512<float>, Vector512<int>, Dots512>("Avx512"));
        if (Avx2.IsSupported && Fma.IsSupported && AvxVnni.IsSupported)
            kernels.Add(new LaneKernel<Lanes256, Vector256<float>, Vector256<int>, DotsVnni>("AvxVnni"));
        if (Avx2.IsSupported && Fma.IsSupported)
            kernels.Add(new LaneKernel<Lanes256, Vector256<float>, Vector256<int>, Dots256>("Avx2"));
        if (Vector128.IsHardwareAccelerated && Dp.IsSupported)
            kernels.Add(new LaneKernel<Lanes128, Vector128<float>, Vector128<int>, DotsArm>("ArmDp"));
        if (Vector128.IsHardwareAccelerated)
            kernels.Add(new LaneKernel<Lanes128, Vector128<float>, Vector128<int>, Dots128>("Vector128"));
        kernels.Add(new ScalarKernel());
        return [.. kernels];
    }
}
