using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime;

/// <summary>Whether this runtime is one that a packed file was made for.</summary>
/// <remarks>The build checks what it can see. An app may still come to another runtime, when it references a library and a newer MoEQuant.Runtime side by side.</remarks>
internal static class RuntimeCompatibility
{
    public static Version Current { get; } = typeof(RuntimeCompatibility).Assembly.GetName().Version!;

    /// <exception cref="MoEQuantException">MOEQ5044.</exception>
    public static void Check(PackedModelInfo info, string? path)
    {
        if (!Contains(info.RuntimeRange, Current))
            throw new MoEQuantException(
                RuntimeDiagnostics.RuntimeVersion, $"This is MoEQuant.Runtime {Current.ToString(3)}; the model was packed by version {info.ToolVersion} for {DiagnosticText.Quote(info.RuntimeRange)}.", path);
    }

    /// <summary>Reads an interval as NuGet writes it, of release versions only, as the tool writes it: <c>[0.1.0,0.2.0)</c>.</summary>
    /// <returns>False also for a text that is not such an interval.</returns>
    internal static bool Contains(string range, Version version)
    {
        if (range.Length < 2 || range[0] is not ('[' or '(') || range[^1] is not (']' or ')') || range[1..^1].Split(',') is not [var low, var high])
            return false;
        return IsBound(low, version, range[0] == '[', -1) && IsBound(high, version, range[^1] == ']', 1);
    }

    // side: the sign of bound minus version that satisfies.
    private static bool IsBound(string text, Version version, bool inclusive, int side)
    {
        if (text.Trim() is not { Length: > 0 } bound)
            return true;
        if (!Version.TryParse(bound, out Version? limit))
            return false;
        int order = limit.CompareTo(new Version(version.Major, version.Minor, version.Build));
        return order == 0 ? inclusive : Math.Sign(order) == side;
    }
}
