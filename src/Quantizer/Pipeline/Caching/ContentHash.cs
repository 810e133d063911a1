using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>Hashes of large files, made by several threads: one alone is slower than a fast disk, and every part of a divided run does it.</summary>
internal static class ContentHash
{
    private const int BlockBytes = 1 << 26;
    private const int BufferBytes = 1 << 20;

    /// <summary>The SHA-256 of each block of 64 MiB of each file, in order, each with the file's length. What cannot be found counts as nothing: those who need it report it with a code of their own.</summary>
    /// <param name="files">The files.</param>
    /// <param name="threadCount">Threads; the hashes do not depend on them.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="blockBytes">The length of a block; tests use small ones.</param>
    public static IReadOnlyList<byte[]> Compute(IEnumerable<string> files, int threadCount, CancellationToken cancellationToken, int blockBytes = BlockBytes)
    {
        List<SafeFileHandle> handles = [];
        try
        {
            List<(SafeFileHandle Handle, long Offset, long Length)> blocks = [];
            foreach (string file in files.Where(File.Exists))
            {
                handles.Add(File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.Read));
                long length = RandomAccess.GetLength(handles[^1]);
                for (long offset = 0; offset <= length; offset += blockBytes)
                    blocks.Add((handles[^1], offset, length));
            }

            List<byte[]> hashes = [];
            OrderedWork.Run(blocks, threadCount, long.MaxValue, _ => BufferBytes, (block, cancel) => Hash(block.Handle, block.Offset, Math.Min(block.Offset + blockBytes, block.Length), block.Length, cancel), (_, hash) => hashes.Add(hash), cancellationToken);
            return hashes;
        }
        finally
        {
            handles.ForEach(handle => handle.Dispose());
        }
    }

    private static byte[] Hash(SafeFileHandle handle, long offset, long end, long length, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Files of different lengths never share a sequence of blocks.
        hash.AppendData(BitConverter.GetBytes(length));
        byte[] buffer = new byte[BufferBytes];
        while (offset < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)), offset);
            if (count == 0)
                break;
            hash.AppendData(buffer, 0, count);
            offset += count;
        }

        return hash.GetHashAndReset();
    }
}
