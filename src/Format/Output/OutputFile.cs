using System.Buffers;
using System.Security.Cryptography;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>A file that appears complete or not at all: written under a temporary name beside its goal, flushed to the disk, then renamed.</summary>
/// <remarks>
/// Failures of the file system come out as MOEQ5020–5023, and the temporary file is deleted by <see cref="Dispose"/> unless <see cref="Commit"/> succeeded.
/// A process that is killed leaves its temporary file (<c>NAME.XXXXXXXX.tmp</c>) behind, but never a half-written goal.
/// </remarks>
public sealed class OutputFile : IDisposable
{
    private const int BufferBytes = 1 << 18;
    private readonly string _goal;
    private Stream _stream;
    private bool _streamClosed;
    private IncrementalHash? _hash;
    private bool _disposed;
    private bool _failed;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">Where the file is to appear.</param>
    /// <param name="create">Opens the temporary file; a test replaces it to simulate a full disk.</param>
    public OutputFile(string path, Func<string, Stream>? create = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _goal = Path.GetFullPath(path);
        string? folder = Path.GetDirectoryName(_goal);
        if (Directory.Exists(_goal))
            throw new MoEQuantException(OutputDiagnostics.WriteFailed, "The output path is a folder.", _goal);
        if (!Directory.Exists(folder))
            throw new MoEQuantException(OutputDiagnostics.FolderMissing, $"The folder {folder} does not exist.", _goal);
        TemporaryPath = $"{_goal}.{Path.GetRandomFileName()[..8]}.tmp";
        _stream = Guarded(() => (create ?? Create)(TemporaryPath));
    }

    /// <summary>The name under which the file is being written.</summary>
    public string TemporaryPath { get; }

    /// <summary>Where the next byte goes.</summary>
    public long Position { get; private set; }

    /// <summary>From here on, everything that <see cref="Write"/> writes in order is hashed.</summary>
    public void StartHash() => _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Ends the hashing: the SHA-256 in lower-case hexadecimal digits.</summary>
    public string FinishHash()
    {
        using IncrementalHash hash = _hash!;
        _hash = null;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes at <see cref="Position"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _hash?.AppendData(bytes);
        try
        {
            _stream.Write(bytes);
        }
        catch (Exception cause) when (IsExpected(cause))
        {
            throw Translate(cause);
        }

        Position = checked(Position + bytes.Length);
    }

    /// <summary>Writes zeros at <see cref="Position"/>.</summary>
    public void WriteZeros(long count)
    {
        byte[] zeros = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, BufferBytes));
        Array.Clear(zeros);
        for (; count > 0; count -= Math.Min(count, zeros.Length))
            Write(zeros.AsSpan(0, (int)Math.Min(count, zeros.Length)));
        ArrayPool<byte>.Shared.Return(zeros);
    }

    /// <summary>Moves on without writing; where the file system can, the bytes between take no space and read as zeros.</summary>
    public void Skip(long count) => Seek(checked(Position + count));

    /// <summary>Moves to a place in the file.</summary>
    public void Seek(long position)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Reopen();
        Guarded(() => _stream.Position = position);
        Position = position;
    }

    /// <summary>Flushes to the disk and closes the file under its temporary name, so that it can be read; <see cref="Seek"/> opens it again.</summary>
    /// <param name="length">The length of the complete file in bytes.</param>
    public void Close(long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
            throw new InvalidOperationException("Writing failed before: the file is incomplete and cannot be committed.");
        Guarded(() =>
        {
            _stream.Flush();
            if (_stream.Length != length)
                _stream.SetLength(length);
            // Before the rename: otherwise a power failure could leave the name with content that never reached the disk.
            (_stream as FileStream)?.Flush(flushToDisk: true);
            _stream.Dispose();
            return 0;
        });
        _streamClosed = true;
    }

    /// <summary>Flushes to the disk and gives the file its name, replacing a file that has it.</summary>
    /// <param name="length">The length of the complete file in bytes.</param>
    public void Commit(long length)
    {
        Close(length);
        Guarded(() =>
        {
            File.Move(TemporaryPath, _goal, overwrite: true);
            return 0;
        });
        _disposed = true;
        _hash?.Dispose();
    }

    /// <summary>Deletes the temporary file where it was not committed.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _hash?.Dispose();
        try
        {
            _stream.Dispose();
        }
        catch (Exception cause) when (IsExpected(cause))
        {
            // A full disk fails once more when the buffer is flushed; the first failure has been reported and the file goes away now.
        }

        try
        {
            File.Delete(TemporaryPath);
        }
        catch (Exception cause) when (IsExpected(cause))
        {
            // Dispose must not hide the failure that brought us here; a stray .tmp file is the lesser harm.
        }
    }

    private static FileStream Create(string path) =>
        new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);

    private void Reopen()
    {
        if (!_streamClosed)
            return;
        _stream = Guarded(() => new FileStream(TemporaryPath, FileMode.Open, FileAccess.Write, FileShare.None, BufferBytes));
        _streamClosed = false;
    }

    // A stream says by an argument exception that the file grew beyond what the file system or the process may have (FAT's 4 GiB, ulimit -f).
    private static bool IsExpected(Exception cause) => cause is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentOutOfRangeException;

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception cause) when (IsExpected(cause))
        {
            throw Translate(cause);
        }
    }

    private MoEQuantException Translate(Exception cause)
    {
        _failed = true;
        return Describe(cause);
    }

    private MoEQuantException Describe(Exception cause) => cause switch
    {
        UnauthorizedAccessException => new(OutputDiagnostics.NoPermission, $"The file cannot be created: {DiagnosticText.Sentence(cause.Message)}", _goal, cause),
        IOException when DiskFull.Is(cause) => new(OutputDiagnostics.DiskFull, $"The volume was full after {Position} bytes: {DiagnosticText.Sentence(cause.Message)}", _goal, cause),
        _ => new(OutputDiagnostics.WriteFailed, $"Writing failed after {Position} bytes: {DiagnosticText.Sentence(cause.Message)}", _goal, cause),
    };
}
