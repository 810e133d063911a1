using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>The codes of a text file's failures: they differ by what the text is for, because the remedies do.</summary>
/// <param name="Missing">There is no such file.</param>
/// <param name="Unreadable">It cannot be read.</param>
/// <param name="NotUtf8">It is not UTF-8.</param>
internal sealed record TextFileDiagnostics(DiagnosticDescriptor Missing, DiagnosticDescriptor Unreadable, DiagnosticDescriptor NotUtf8);
