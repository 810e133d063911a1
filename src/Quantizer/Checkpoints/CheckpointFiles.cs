using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>Reads a checkpoint's small files whole.</summary>
internal static class CheckpointFiles
{
    /// <summary>The file's bytes.</summary>
    /// <exception cref="MoEQuantException">MOEQ1031 absent, MOEQ1003 unreadable, MOEQ1019 a git-lfs pointer: tokenizer.json is often kept in git-lfs.</exception>
    public static byte[] Read(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MoEQuantException(CheckpointDiagnostics.FileMissing, $"The checkpoint has no {Path.GetFileName(path)}.", Path.GetDirectoryName(path), cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new MoEQuantException(MappingDiagnostics.FileUnreadable, $"The file cannot be read: {DiagnosticText.Sentence(cause.Message)}", path, cause);
        }

        if (content.AsSpan().StartsWith("version https://git-lfs"u8))
            throw new MoEQuantException(SafetensorsDiagnostics.GitLfsPointer, $"{Path.GetFileName(path)} is a git-lfs pointer of {content.Length} bytes, not the file itself.", path);
        return content;
    }
}
