using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>One read-only mapping of a whole file: the file handle, the mapping and one acquired pointer, released together once.</summary>
/// <remarks>
/// The pointer holds a reference on the view's safe handle. Without <see cref="Dispose"/> the mapping therefore stays for the life of the process:
/// a forgotten region costs address space, but memory is never pulled away under a pointer that is still in use.
/// </remarks>
internal sealed unsafe class FileMapping : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _pointer;

    private FileMapping(SafeFileHandle handle, long length)
    {
        Length = length;
        _file = MemoryMappedFile.CreateFromFile(handle, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            // The size is named: with 0 the view would be rounded up to whole pages and its length would no longer be the file's.
            _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _pointer = start + _view.PointerOffset;
        }
        catch
        {
            _view?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    public byte* Pointer => _pointer;

    public long Length { get; }

    public static FileMapping Open(string path)
    {
        if (Directory.Exists(path))
            throw new MoEQuantException(MappingDiagnostics.PathIsFolder, "This is a folder; a file was expected.", path);
        if (!File.Exists(path))
            throw new MoEQuantException(MappingDiagnostics.FileMissing, "No such file.", path);
        try
        {
            // Asked before opening: pipes and devices also have length 0, and opening a pipe would wait for its writer.
            if (new FileInfo(path).Length == 0)
                throw new MoEQuantException(MappingDiagnostics.FileEmpty, "The file has 0 bytes.", path);
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            try
            {
                return new FileMapping(handle, RandomAccess.GetLength(handle));
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MoEQuantException(MappingDiagnostics.FileMissing, "No such file.", path, cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MoEQuantException(MappingDiagnostics.FileUnreadable, $"The file cannot be opened for reading: {DiagnosticText.Sentence(cause.Message)}", path, cause);
        }
    }

    public void Dispose()
    {
        if (_pointer == null)
            return;
        _pointer = null;
        // Exactly once: a second release would drop a reference that is not ours, and the view could go away under another reader.
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
