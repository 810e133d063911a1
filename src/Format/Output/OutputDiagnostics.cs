using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Failures to write a file.</summary>
public static class OutputDiagnostics
{
    /// <summary>The folder of the output does not exist.</summary>
    public static readonly DiagnosticDescriptor FolderMissing = new(
        "MOEQ5020", "Output folder does not exist", "Create the folder or name another output path.");

    /// <summary>The output may not be written.</summary>
    public static readonly DiagnosticDescriptor NoPermission = new(
        "MOEQ5021", "No permission to write the output", "Check the permissions of the folder and of an existing file of that name, or name another output path.");

    /// <summary>The volume is full.</summary>
    public static readonly DiagnosticDescriptor DiskFull = new(
        "MOEQ5022", "Disk full while writing the output", "Free space on the volume or name an output path on another one; nothing was left behind.");

    /// <summary>Any other failure of the file system.</summary>
    public static readonly DiagnosticDescriptor WriteFailed = new(
        "MOEQ5023", "Output cannot be written", "Check the path and the volume, and that no other program holds the file open.");
}
