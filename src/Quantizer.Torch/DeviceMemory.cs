using System.Runtime.InteropServices;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms.Devices;
using TorchSharp;

namespace MoEQuant.Quantizer.Torch;

/// <summary>Runs operations on one thread each, so that all their tensors are freed and a lack of memory becomes a coded failure.</summary>
/// <remarks>TorchSharp's <c>matmul</c> lets libtorch's failures end the process; <c>mm</c> hands them on. Only <c>mm</c> is used here.</remarks>
internal static class DeviceMemory
{
    /// <summary>Whether libtorch's operations on this thread use no other threads.</summary>
    [ThreadStatic]
    private static bool s_isAlone;

    /// <exception cref="MoEQuantException">MOEQ2094.</exception>
    public static T Use<T>(Func<T> operation)
    {
        ComputeAlone();
        try
        {
            using DisposeScope scope = torch.NewDisposeScope();
            return operation();
        }
        // libtorch's own failures come as this type with a text: "CUDA out of memory", or on the processor "not enough memory". A native stack follows.
        catch (ExternalException failure) when (FirstLine(failure).Contains("memory", StringComparison.OrdinalIgnoreCase))
        {
            throw new MoEQuantException(DeviceDiagnostics.OutOfMemory, FirstLine(failure), null, failure);
        }
    }

    /// <summary>The engine's own threads share the processor; one thread per operation also makes the order of every sum the same, however many there are.</summary>
    /// <remarks>OpenMP keeps this number per thread. libtorch hands it on to new threads only before some operations: its LAPACK would still divide a QR there.</remarks>
    private static void ComputeAlone()
    {
        if (s_isAlone)
            return;
        torch.set_num_threads(1);
        s_isAlone = true;
    }

    private static string FirstLine(ExternalException failure) => failure.Message.Split('\n')[0].Trim().TrimEnd('.') + ".";

    /// <exception cref="MoEQuantException">MOEQ2094.</exception>
    public static void Use(Action operation) => Use(() =>
    {
        operation();
        return true;
    });
}
