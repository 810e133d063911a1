using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>What can go wrong with the cache folder. Damaged contents are no failure: they are made again.</summary>
public static class CacheDiagnostics
{
    /// <summary>--cache names something that cannot be written, or not any more. A warning: the run goes on and keeps nothing from there on.</summary>
    public static readonly DiagnosticDescriptor CacheUnusable = new(
        "MOEQ3080", "Cache folder cannot be written", "Name a folder that can be made and written, with room for the packed model, or none: --cache, in a build MoEQuantCacheDirectory and MoEQuantCache.");

    /// <summary>The folder of the cache command is missing, or cannot be read or emptied.</summary>
    public static readonly DiagnosticDescriptor CacheUnreadable = new("MOEQ3081", "Cache folder cannot be read or emptied", "Name the folder that --cache named, and check its permissions.");
}
