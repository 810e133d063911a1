using System.Runtime.CompilerServices;
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

    private static readonly MatrixKernel First = Find().First();

    /// <summary>All kernels that work here, best first. The last one, Scalar, works everywhere.</summary>
    public static IReadOnlyList<MatrixKernel> Available => All.Kernels;

    /// <summary>The kernel to use: the first available one, or the one that <c>MOEQUANT_KERNEL</c> names.</summary>
    /// <exception cref="InvalidOperationException">The variable names a kernel that does not exist or does not work here.</exception>
    public static MatrixKernel Best => Select(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The kernel of a name, compared without case; the best one if there is no name.</summary>
    internal static MatrixKernel Select(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return First;
        foreach (MatrixKernel kernel in Available)
            if (kernel.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return kernel;
        throw new InvalidOperationException($"{Variable} is '{name}'; kernels usable here are {string.Join(", ", Available.Select(kernel => kernel.Name))}.");
    }

    // One after the other: each is a dozen types to load, and mostly the first is all that is asked for.
    private static IEnumerable<MatrixKernel> Find()
    {
        if (Avx512F.IsSupported && Avx512BW.IsSupported)
            yield return Avx512();
        if (Avx2.IsSupported && Fma.IsSupported && AvxVnni.IsSupported)
            yield return Vnni();
        if (Avx2.IsSupported && Fma.IsSupported)
            yield return Avx2Fma();
        if (Vector128.IsHardwareAccelerated && Dp.IsSupported)
            yield return ArmDp();
        if (Vector128.IsHardwareAccelerated)
            yield return Portable();
        yield return new ScalarKernel();
    }

    // A method each: ReadyToRun images hold code for what these name whichever processor they are compiled for, and refuse what asks for instructions wherever the answer is another.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LaneKernel<Lanes512, Vector512<float>, Vector512<int>, Dots512> Avx512() => new("Avx512");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LaneKernel<Lanes256, Vector256<float>, Vector256<int>, DotsVnni> Vnni() => new("AvxVnni");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LaneKernel<Lanes256, Vector256<float>, Vector256<int>, Dots256> Avx2Fma() => new("Avx2");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LaneKernel<Lanes128, Vector128<float>, Vector128<int>, DotsArm> ArmDp() => new("ArmDp");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static LaneKernel<Lanes128, Vector128<float>, Vector128<int>, Dots128> Portable() => new("Vector128");

    private static class All
    {
        public static readonly MatrixKernel[] Kernels = [First, .. Find().Skip(1)];
    }
}
