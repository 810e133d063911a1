using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Failures to open a file for reading, whatever its format.</summary>
public static class MappingDiagnostics
{
    /// <summary>There is no such file.</summary>
    public static readonly DiagnosticDescriptor FileMissing = new(
        "MOEQ1001", "File not found", "Check the path and that the file was copied or downloaded.");

    /// <summary>The path names a folder.</summary>
    public static readonly DiagnosticDescriptor PathIsFolder = new(
        "MOEQ1002", "A folder stands where a file is expected", "Name the file inside the folder.");

    /// <summary>The file exists but cannot be opened or mapped.</summary>
    public static readonly DiagnosticDescriptor FileUnreadable = new(
        "MOEQ1003", "File cannot be opened", "Check the file's permissions and that no other program holds it open for writing.");

    /// <summary>The file has no content.</summary>
    public static readonly DiagnosticDescriptor FileEmpty = new(
        "MOEQ1004", "File is empty", "Copy or download the file again.");
}
