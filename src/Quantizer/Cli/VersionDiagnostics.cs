using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Versions that do not go together.</summary>
public static class VersionDiagnostics
{
    /// <summary>check-runtime.</summary>
    public static readonly DiagnosticDescriptor RuntimeVersion = new(
        "MOEQ2090", "Runtime does not read what this version packs", "Reference MoEQuant.Build and MoEQuant.Runtime in the same version, or MoEQuant.Build alone: it brings its runtime.");
}
