using System.Runtime.InteropServices;
using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>Guarded memory seen as values.</summary>
internal static class GuardedValues
{
    public static GuardedMemory Copy<T>(ReadOnlySpan<T> values)
        where T : unmanaged =>
        GuardedMemory.Copy(MemoryMarshal.AsBytes(values));

    public static Span<T> Values<T>(this GuardedMemory memory)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(memory.Span);
}
