using System.Text;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Reads text files.</summary>
internal static class TextFile
{
    /// <summary>Reads a UTF-8 file; a byte order mark is not part of the text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="failures">What is thrown where it cannot be read.</param>
    /// <exception cref="MoEQuantException">One of the three failures.</exception>
    public static string Read(string path, TextFileDiagnostics failures)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MoEQuantException(failures.Missing, "There is no such file.", path, cause);
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            throw new MoEQuantException(failures.Unreadable, Directory.Exists(path) ? "This is a folder; a file was expected." : cause.Message, path, cause);
        }

        ReadOnlySpan<byte> content = bytes;
        if (content.StartsWith(Encoding.UTF8.Preamble))
            content = content[Encoding.UTF8.Preamble.Length..];
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException cause)
        {
            throw new MoEQuantException(failures.NotUtf8, $"The bytes at offset {cause.Index + (bytes.Length - content.Length)} are not UTF-8.", path, cause);
        }
    }
}
