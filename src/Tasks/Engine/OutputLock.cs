using System;
using System.IO;
using System.Threading;

namespace MoEQuant.Build.Tasks.Engine;

/// <summary>Makes builds that want the same packed file take turns, also across processes. The operating system releases it when its owner dies.</summary>
internal sealed class OutputLock : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _stream;

    private OutputLock(FileStream stream)
    {
        _stream = stream;
    }

    /// <summary>Takes the lock of <paramref name="packedFile"/>, waiting as long as another build holds it.</summary>
    /// <param name="packedFile">The packed file, absolute. The lock is the file beside it with <c>.lock</c> appended; it stays there, because removing it would race with a waiting build.</param>
    /// <param name="waiting">Called once when the lock is held by another build.</param>
    /// <param name="isCancelled">Asked while waiting; true ends the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static OutputLock Acquire(string packedFile, Action waiting, Func<bool> isCancelled)
    {
        string path = packedFile + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (bool told = false; ; told = true)
        {
            if (isCancelled())
                throw new OperationCanceledException();
            try
            {
                return new OutputLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException failure) when (IsHeldByAnother(failure))
            {
                if (!told)
                    waiting();
                Thread.Sleep(RetryInterval);
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    // A full disk or a vanished folder must fail, not wait for ever. Sharing violations: 32 and 33 on Windows; on Unix .NET reports EWOULDBLOCK, 11 on Linux and 35 on macOS.
    private static bool IsHeldByAnother(IOException failure) => (failure.HResult & 0xFFFF) is 32 or 33 or 11 or 35;
}
