using System;

namespace MoEQuant.Build.Tasks.Diagnostics;

/// <summary>An expected failure of the build step. Any other exception that leaves a task is a bug and is reported by MSBuild as one.</summary>
internal sealed class BuildFailureException : Exception
{
    /// <param name="descriptor">The kind of failure.</param>
    /// <param name="found">What was found, as a sentence that ends with a full stop.</param>
    /// <param name="innerException">The cause, or null.</param>
    public BuildFailureException(DiagnosticDescriptor descriptor, string found, Exception? innerException = null)
        : base(found + " " + descriptor.Remedy, innerException)
    {
        Descriptor = descriptor;
    }

    /// <summary>The kind of failure.</summary>
    public DiagnosticDescriptor Descriptor { get; }
}
