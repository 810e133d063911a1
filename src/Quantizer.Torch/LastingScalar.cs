using System.Collections.Concurrent;
using TorchSharp;

namespace MoEQuant.Quantizer.Torch;

/// <summary>Numbers as libtorch takes them beside tensors, kept for the life of the process.</summary>
/// <remarks>
/// TorchSharp (0.107.0) keeps no <see cref="Scalar"/> alive during the native call that reads it. One that is made for a call, as conversions from numbers and <c>a + b</c> with its hidden factor do, may be finalized on another thread
/// before it is read: libtorch then fails, or computes with another number. So operations here take their numbers from this class, and sums are written <c>a.Plus(b)</c>. Tensors are safe: their scope holds them.
/// </remarks>
internal static class LastingScalar
{
    private static readonly ConcurrentDictionary<float, Scalar> All = new();

    /// <summary>The scalar of a number. For constants and codes, of which there are few: nothing is ever removed.</summary>
    public static Scalar Of(float value) => All.GetOrAdd(value, static number => number.ToScalar());

    /// <summary>a + b.</summary>
    public static torch.Tensor Plus(this torch.Tensor a, torch.Tensor b) => a.add(b, Of(1));
}
