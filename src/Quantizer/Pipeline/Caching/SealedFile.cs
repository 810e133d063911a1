using System.Security.Cryptography;
using System.Text.Json;
using MoEQuant.Format;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>A file that proves to be what was written: eight bytes of identification and the length, the content, and the SHA-256 of both. Written atomically, verified before it is used.</summary>
internal static class SealedFile
{
    private const ulong Magic = 0x3147_4553_514F_454D;
    private const int HashBytes = 32;
    private const int BufferBytes = 1 << 20;

    /// <summary>Where the content begins.</summary>
    public const int HeadBytes = 16;

    /// <summary>Writes a file; it appears complete or not at all.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ5020–5023: writing failed.</exception>
    public static void Write(string path, Action<Stream> content)
    {
        using OutputFile file = new(path);
        file.Skip(HeadBytes);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (SealingStream stream = new(file, hash))
            content(stream);
        long length = file.Position - HeadBytes;
        byte[] head = [.. BitConverter.GetBytes(Magic), .. BitConverter.GetBytes(length)];
        hash.AppendData(head);
        file.Write(hash.GetHashAndReset());
        long end = file.Position;
        file.Seek(0);
        file.Write(head);
        file.Commit(end);
    }

    /// <summary>Reads a file after it was verified; null where it is missing or damaged.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Makes something of the content, which is buffered.</param>
    /// <param name="damaged">Whether there is a file that cannot be used.</param>
    public static T? TryRead<T>(string path, Func<Stream, T> read, out bool damaged) where T : class
    {
        damaged = false;
        if (!File.Exists(path))
            return null;
        try
        {
            using FileStream stream = Open(path);
            if (Check(stream) == SealState.Whole)
            {
                stream.Position = HeadBytes;
                return read(stream);
            }
        }
        catch (FileNotFoundException)
        {
            // Another process cleared the cache between the question and the answer.
            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException or InvalidDataException or OverflowException)
        {
        }

        damaged = true;
        return null;
    }

    /// <summary>Opens a file for <see cref="Check"/>. It may be replaced meanwhile; the stream keeps to the one it opened.</summary>
    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes);

    /// <summary>The length in bytes that the beginning of a sealed file speaks of.</summary>
    public static long StatedLength(FileStream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        stream.Position = HeadBytes - sizeof(long);
        stream.ReadExactly(length);
        return unchecked(BitConverter.ToInt64(length) + HeadBytes + HashBytes);
    }

    /// <summary>Where the content of a whole file ends.</summary>
    public static long ContentEnd(FileStream stream) => stream.Length - HashBytes;

    /// <summary>Reads a file from its beginning and compares it with its seal.</summary>
    public static SealState Check(FileStream stream, CancellationToken cancellationToken = default)
    {
        Span<byte> head = stackalloc byte[HeadBytes], stored = stackalloc byte[HashBytes];
        if (stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes || BitConverter.ToUInt64(head) != Magic)
            return SealState.Foreign;
        long length = BitConverter.ToInt64(head[8..]);
        if (length != stream.Length - HeadBytes - HashBytes)
            return SealState.Cut;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        for (long left = length; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0)
                return SealState.Cut;
            hash.AppendData(buffer, 0, count);
            left -= count;
        }

        hash.AppendData(head);
        stream.ReadExactly(stored);
        return stored.SequenceEqual(hash.GetHashAndReset()) ? SealState.Whole : SealState.Altered;
    }
}
