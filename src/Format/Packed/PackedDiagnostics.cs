using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>What can be wrong with a <c>.moeq</c> file beyond its being a valid safetensors file.</summary>
public static class PackedDiagnostics
{
    private const string BuildAgain = "Build the model again with MoEQuant.Build, or copy the file again.";

    /// <summary>A safetensors file, but not a packed model.</summary>
    public static readonly DiagnosticDescriptor NotPacked = new(
        "MOEQ5001", "Not a packed model", "Name a .moeq file; a checkpoint becomes one with 'moequant quantize' or during the build.");

    /// <summary>The major format version is not this library's.</summary>
    public static readonly DiagnosticDescriptor VersionUnsupported = new(
        "MOEQ5002", "Format version not supported", "Use a MoEQuant.Runtime that reads this version, or build the model again with the tool that belongs to this runtime.");

    /// <summary>A metadata entry is missing or malformed.</summary>
    public static readonly DiagnosticDescriptor MetadataInvalid = new("MOEQ5003", "Packed model's metadata is incomplete", BuildAgain);

    /// <summary>The matrix table is missing, cut, or does not fit the tensors.</summary>
    public static readonly DiagnosticDescriptor TableInvalid = new("MOEQ5004", "Matrix table does not fit the tensors", BuildAgain);

    /// <summary>A matrix has parameters that the format does not allow.</summary>
    public static readonly DiagnosticDescriptor MatrixInvalid = new("MOEQ5005", "Matrix parameters out of range", BuildAgain);

    /// <summary>A matrix is arranged in a way that this library does not know.</summary>
    public static readonly DiagnosticDescriptor LayoutUnknown = new(
        "MOEQ5006", "Unknown matrix layout", "Use a newer MoEQuant.Runtime, or build the model again with the tool that belongs to this runtime.");

    /// <summary>The sections of a matrix do not fit its parameters or its tensor.</summary>
    public static readonly DiagnosticDescriptor SectionsInvalid = new("MOEQ5007", "Matrix sections do not fit", BuildAgain);

    /// <summary>A tensor does not start at a multiple of 64 bytes.</summary>
    public static readonly DiagnosticDescriptor Misaligned = new("MOEQ5008", "Tensor is not aligned", BuildAgain);

    /// <summary>A tensor has a type or shape that has no place in a packed model.</summary>
    public static readonly DiagnosticDescriptor TensorUnexpected = new("MOEQ5009", "Tensor has no place in a packed model", BuildAgain);

    /// <summary>An embedded file has an impossible name or size.</summary>
    public static readonly DiagnosticDescriptor FileInvalid = new("MOEQ5010", "Embedded file is invalid", BuildAgain);

    /// <summary>The payload is not the one that was written.</summary>
    public static readonly DiagnosticDescriptor PayloadChanged = new("MOEQ5011", "Packed model's content has changed", "The file is damaged: copy it again or build the model again.");
}
