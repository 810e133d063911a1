using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>What can be wrong with a safetensors file, also with a <c>.moeq</c> file in its role as one.</summary>
public static class SafetensorsDiagnostics
{
    private const string GetAgain = "The file is damaged or incomplete: copy, download or build it again.";
    private const string WriteAgain = "The program that wrote the file broke the safetensors specification: write it again with a current version of the safetensors library.";

    /// <summary>Fewer bytes than the smallest file has.</summary>
    public static readonly DiagnosticDescriptor FileTooShort = new("MOEQ1005", "File is too short for a safetensors file", GetAgain);

    /// <summary>The header's declared length is beyond the specification's limit.</summary>
    public static readonly DiagnosticDescriptor HeaderTooLarge = new(
        "MOEQ1006", "Header length beyond the limit", "This is no safetensors file, or its first bytes are damaged: copy, download or build it again.");

    /// <summary>The header's declared length is beyond the end of the file.</summary>
    public static readonly DiagnosticDescriptor HeaderTruncated = new("MOEQ1007", "Header reaches beyond the end of the file", GetAgain);

    /// <summary>The header is no UTF-8 JSON object.</summary>
    public static readonly DiagnosticDescriptor HeaderNotJson = new("MOEQ1008", "Header is not a JSON object", GetAgain);

    /// <summary>An entry of the header has missing, repeated or wrongly typed members.</summary>
    public static readonly DiagnosticDescriptor EntryMalformed = new("MOEQ1009", "Header entry is malformed", WriteAgain);

    /// <summary>Two tensors, or two metadata keys, have one name.</summary>
    public static readonly DiagnosticDescriptor DuplicateName = new("MOEQ1010", "Name occurs twice in the header", WriteAgain);

    /// <summary>An element type that this product does not know.</summary>
    public static readonly DiagnosticDescriptor UnknownDataType = new(
        "MOEQ1011", "Unknown element type", "Convert the checkpoint to BF16, F16 or F32.");

    /// <summary>A dimension is negative or the shape's size overflows.</summary>
    public static readonly DiagnosticDescriptor ShapeInvalid = new("MOEQ1012", "Impossible tensor shape", WriteAgain);

    /// <summary>Offsets are negative or the end lies before the beginning.</summary>
    public static readonly DiagnosticDescriptor OffsetsInvalid = new("MOEQ1013", "Impossible data offsets", WriteAgain);

    /// <summary>The data range has another size than type and shape demand.</summary>
    public static readonly DiagnosticDescriptor LengthMismatch = new("MOEQ1014", "Data length differs from type and shape", WriteAgain);

    /// <summary>Bytes between two tensors, or before the first, belong to none.</summary>
    public static readonly DiagnosticDescriptor Hole = new("MOEQ1015", "Gap between tensors", WriteAgain);

    /// <summary>Two tensors share bytes.</summary>
    public static readonly DiagnosticDescriptor Overlap = new("MOEQ1016", "Tensors overlap", WriteAgain);

    /// <summary>The file ends before its last tensor does.</summary>
    public static readonly DiagnosticDescriptor DataTruncated = new("MOEQ1017", "Tensor data is cut off", GetAgain);

    /// <summary>Bytes after the last tensor belong to none.</summary>
    public static readonly DiagnosticDescriptor TrailingBytes = new("MOEQ1018", "Bytes after the last tensor", GetAgain);

    /// <summary>A git-lfs pointer file lies in place of the file itself.</summary>
    public static readonly DiagnosticDescriptor GitLfsPointer = new(
        "MOEQ1019", "git-lfs pointer in place of the file", "Fetch the real file with 'git lfs pull', or download it from the model's page.");

    /// <summary>The content is of another known format.</summary>
    public static readonly DiagnosticDescriptor OtherFormat = new(
        "MOEQ1020", "File of another format", "Use the model's safetensors files; convert the checkpoint where it has none.");
}
