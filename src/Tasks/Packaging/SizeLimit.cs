using System;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Packaging;

/// <summary>How much fits into one thing that a build makes.</summary>
internal sealed class SizeLimit
{
    private SizeLimit(string subject, long bytes, DiagnosticDescriptor descriptor)
    {
        Subject = subject;
        Bytes = bytes;
        Descriptor = descriptor;
    }

    /// <summary>The files that are put together, as the subject of a sentence.</summary>
    public string Subject { get; }

    /// <summary>The most bytes.</summary>
    public long Bytes { get; }

    /// <summary>The failure.</summary>
    public DiagnosticDescriptor Descriptor { get; }

    /// <param name="product"><c>Assembly</c>, <c>SingleFile</c> or <c>NativeImage</c>.</param>
    public static SizeLimit Of(string product) => product switch
    {
        // What the compiler handled in measurements; the true limit lies just above. Beyond it the compiler crashes and leaves an empty assembly.
        "Assembly" => new SizeLimit("The embedded resources", 2_147_400_000, BuildDiagnostics.ResourcesTooLarge),
        // Beyond 2 GiB the bundler writes a damaged executable and reports success. 64 MB are left for the host and what the bundle adds.
        "SingleFile" => new SizeLimit("The files of the single file", int.MaxValue - 64_000_000, BuildDiagnostics.SingleFileTooLarge),
        // All resources of the app become one array whose length is an int. Code in the assemblies counts here too; it is small beside a model that comes near the limit.
        "NativeImage" => new SizeLimit("The assemblies of the native image", int.MaxValue, BuildDiagnostics.NativeImageTooLarge),
        _ => throw new ArgumentOutOfRangeException(nameof(product), product, "Not a product."),
    };
}
