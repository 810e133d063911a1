namespace MoEQuant.Format.Diagnostics;

/// <summary>An expected failure: bad input, a file that cannot be used, an option that makes no sense. Anything else that escapes is a bug.</summary>
public sealed class MoEQuantException : Exception
{
    /// <summary>Creates the failure.</summary>
    /// <param name="descriptor">The kind of failure.</param>
    /// <param name="found">What was found, with the actual and the expected values; one sentence without the remedy. Line breaks are escaped.</param>
    /// <param name="path">The file or folder concerned, or null.</param>
    /// <param name="innerException">The cause, or null.</param>
    public MoEQuantException(DiagnosticDescriptor descriptor, string found, string? path = null, Exception? innerException = null)
        : base(DiagnosticText.OneLine(found), innerException)
    {
        Descriptor = descriptor;
        Path = path;
    }

    /// <summary>The kind of failure.</summary>
    public DiagnosticDescriptor Descriptor { get; }

    /// <summary>The stable code, for example <c>MOEQ1004</c>.</summary>
    public string Code => Descriptor.Code;

    /// <summary>The file or folder concerned, or null.</summary>
    public string? Path { get; }

    /// <summary>What was found, without path, code or remedy.</summary>
    public string Found => base.Message;

    /// <summary>Code, file, what was found and what to do, in one line, whatever characters the path or the finding contains.</summary>
    public override string Message =>
        Path is null ? $"{Code}: {Found} {Descriptor.Remedy}" : $"{Code}: {DiagnosticText.OneLine(Path)}: {Found} {Descriptor.Remedy}";
}
