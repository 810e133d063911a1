using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>How methods with long inner loops are compiled.</summary>
internal static class CompileOptions
{
    /// <summary>
    /// Optimized at the first call, and by itself: all of its small operations are inlined, which the compiler gives up in the middle where the method becomes part of its callers, as it did.
    /// Calls in an inner loop then cost four fifths of the speed.
    /// </summary>
    public const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
