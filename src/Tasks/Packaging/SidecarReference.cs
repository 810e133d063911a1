using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Packaging;

/// <summary>Describes a packed file that is shipped beside the app. The runtime's type of the same name reads the text.</summary>
internal static class SidecarReference
{
    // The limit of the safetensors format; more is no header.
    private const long LongestHeader = 100_000_000;

    /// <param name="packedFile">The packed file, absolute.</param>
    /// <param name="fileName">Its name beside the app.</param>
    /// <returns>Four lines with LF ends: signature, name, length in bytes, SHA-256 of the file up to its first tensor. The header it covers holds the hash of everything after it.</returns>
    /// <exception cref="BuildFailureException">The file is no packed model.</exception>
    public static string Describe(string packedFile, string fileName)
    {
        using var stream = new FileStream(packedFile, FileMode.Open, FileAccess.Read, FileShare.Read);
        long length = stream.Length;
        byte[] header = ReadHeader(stream, packedFile);
        using SHA256 algorithm = SHA256.Create();
        string hash = BitConverter.ToString(algorithm.ComputeHash(header)).Replace("-", "").ToLowerInvariant();
        return $"moeq-sidecar 1\n{fileName}\n{length.ToString(CultureInfo.InvariantCulture)}\n{hash}\n";
    }

    // The length of the header, 8 bytes little-endian, and the header itself: docs/format.md.
    private static byte[] ReadHeader(Stream stream, string packedFile)
    {
        byte[] prefix = new byte[sizeof(long)];
        long length = Fill(stream, prefix, 0) ? BitConverter.ToInt64(prefix, 0) : -1;
        if (length < 0 || length > Math.Min(LongestHeader, stream.Length - prefix.Length))
            throw NotPacked(packedFile);
        byte[] header = new byte[prefix.Length + length];
        prefix.CopyTo(header, 0);
        return Fill(stream, header, prefix.Length) ? header : throw NotPacked(packedFile);
    }

    private static bool Fill(Stream stream, byte[] buffer, int offset)
    {
        while (offset < buffer.Length)
        {
            int read = stream.Read(buffer, offset, buffer.Length - offset);
            if (read == 0)
                return false;
            offset += read;
        }

        return true;
    }

    private static BuildFailureException NotPacked(string packedFile) => new(BuildDiagnostics.PackedFileDamaged, $"{packedFile} does not begin with the header of a packed model.");
}
