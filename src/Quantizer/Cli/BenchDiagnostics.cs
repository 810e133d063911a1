using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Command lines of <c>bench</c> that cannot be carried out. All of them give exit code 2.</summary>
public static class BenchDiagnostics
{
    /// <summary>--prompt or --generate.</summary>
    public static readonly DiagnosticDescriptor Length = new("MOEQ2024", "Number of measured tokens out of range", "Use a whole number of at least 1; prompt and generated tokens together must fit the model's context.");

    /// <summary>--shape.</summary>
    public static readonly DiagnosticDescriptor Shape = new("MOEQ2025", "Unknown shape of a synthetic model", "Use one of the names that the message lists.");

    /// <summary>--layers.</summary>
    public static readonly DiagnosticDescriptor Layers = new("MOEQ2026", "Number of layers out of range", "Use a whole number from 1 to 1024, or leave the option out for as many as the model has.");

    /// <summary>--repetitions.</summary>
    public static readonly DiagnosticDescriptor Repetitions = new("MOEQ2027", "Number of repetitions out of range", "Use a whole number from 1 to 10000.");

    /// <summary>Neither or both of MODEL and --shape.</summary>
    public static readonly DiagnosticDescriptor Subject = new("MOEQ2028", "Nothing to measure, or two things", "Name a MODEL, or a synthetic one: --shape NAME.");
}
