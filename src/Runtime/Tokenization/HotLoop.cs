using System.Runtime.CompilerServices;

namespace MoEQuant.Runtime.Tokenization;

/// <summary>
/// How to compile the few methods that a vocabulary is loaded with. They run a hundred thousand times within the first tenth of a second of an application,
/// when the just-in-time compiler would still have them in its quick, slow-running form; loading then takes twice as long.
/// </summary>
internal static class HotLoop
{
    public const MethodImplOptions Options = MethodImplOptions.AggressiveOptimization;
}
