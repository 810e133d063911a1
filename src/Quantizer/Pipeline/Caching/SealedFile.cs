using System.Security.Cryptography;
using System.Text.Json;
using MoEQuant.Format;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>A file that proves to be what was written: eight bytes of identification and the length, the content, and the SHA-256 of both. Written atomically, verified before it is used.</summary>
internal static class SealedFile
{
    private const ulong Magic = 0x3147_4553_514F_454D;
    private const int HeadBytes = 16;
    private const int HashBytes = 32;
    private const int BufferBytes = 1 << 20;

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
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes);
            if (IsWhole(stream))
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

    private static bool IsWhole(FileStream stream)
    {
        Span<byte> head = stackalloc byte[HeadBytes], stored = stackalloc byte[HashBytes];
        if (stream.Length < HeadBytes + HashBytes)
            return false;
        stream.ReadExactly(head);
        long length = BitConverter.ToInt64(head[8..]);
        if (BitConverter.ToUInt64(head) != Magic || length != stream.Length - HeadBytes - HashBytes)
            return false;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        for (long left = length; left > 0;)
        {
            int count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (count == 0)
                return false;
            hash.AppendData(buffer, 0, count);
            left -= count;
        }

        hash.AppendData(head);
        stream.ReadExactly(stored);
        return stored.SequenceEqual(hash.GetHashAndReset());
    }
}
