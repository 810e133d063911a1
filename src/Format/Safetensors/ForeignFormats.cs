using System.Text;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Recognises what people most often have in place of a safetensors file, so that the message says so.</summary>
internal static class ForeignFormats
{
    /// <summary>Throws where the first bytes of a file belong to another known format; returns where they do not.</summary>
    /// <param name="start">Up to 64 bytes from the start of the file.</param>
    /// <param name="path">The file, for the message.</param>
    public static void Refuse(ReadOnlySpan<byte> start, string? path)
    {
        if (start.StartsWith("version https://git-lfs"u8))
        {
            string line = Encoding.Latin1.GetString(start).Split('\n')[0];
            throw new MoEQuantException(SafetensorsDiagnostics.GitLfsPointer, $"The file is a git-lfs pointer ({DiagnosticText.Quote(line)}), not the tensors themselves.", path);
        }

        string? format =
            start.StartsWith("GGUF"u8) ? "a GGUF file"
            : start.StartsWith("PK\x03\x04"u8) ? "a zip archive, as PyTorch writes .bin and .pt files"
            : start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']) ? "an HDF5 file"
            : start.StartsWith((ReadOnlySpan<byte>)[0x80, 2]) ? "a Python pickle, as old PyTorch versions write .bin and .pt files"
            : start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) ? "a gzip archive"
            : start.StartsWith("<!DOCTYPE"u8) || start.StartsWith("<html"u8) ? "a web page, which a failed download leaves"
            : null;
        if (format is not null)
            throw new MoEQuantException(SafetensorsDiagnostics.OtherFormat, $"The file is {format}; a safetensors file was expected.", path);
    }
}
