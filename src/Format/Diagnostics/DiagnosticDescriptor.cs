namespace MoEQuant.Format.Diagnostics;

/// <summary>One kind of expected failure: its stable code, what it means and what the user can do about it.</summary>
/// <remarks>
/// Descriptors are declared as <c>public static readonly</c> fields of classes whose name ends in <c>Diagnostics</c>, next to the code that raises them.
/// A repository test collects all of them, checks that codes are unique and in their range, and holds them against docs/diagnostics.md.
/// Ranges: MOEQ1xxx checkpoint, 2xxx options, 3xxx calibration, evaluation and quality gates, 4xxx build and packaging, 5xxx packed file and runtime.
/// </remarks>
/// <param name="Code">The stable code, <c>MOEQ</c> and four digits.</param>
/// <param name="Title">What went wrong, in a few words, as docs/diagnostics.md lists it.</param>
/// <param name="Remedy">What the user can do, as one sentence. It is appended to every message of this code.</param>
public sealed record DiagnosticDescriptor(string Code, string Title, string Remedy);
