using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Caching;

namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>A part file: units, checkpoint files, a head in JSON and its length, all within the seal of <see cref="SealedFile"/>. Stays open from the check of its seal to the last byte that is copied.</summary>
internal sealed class PartFile : IDisposable
{
    private readonly FileStream _stream;

    private PartFile(string path, FileStream stream, PartHead head) => (Path, _stream, Head) = (path, stream, head);

    /// <summary>The path as it was given.</summary>
    public string Path { get; }

    /// <summary>What the part says about itself.</summary>
    public PartHead Head { get; }

    /// <summary>Opens a part, reading it once as a whole.</summary>
    /// <exception cref="MoEQuantException">MOEQ3087–3089: it is missing, is no part, or is damaged.</exception>
    public static PartFile Open(string path, CancellationToken cancellationToken)
    {
        FileStream stream = Guarded(path, () => SealedFile.Open(path));
        try
        {
            return Guarded(path, () =>
            {
                Check(path, stream, SealedFile.Check(stream, cancellationToken));
                return new PartFile(path, stream, ReadHead(stream) ?? throw new MoEQuantException(PartDiagnostics.NoPart, "The file is sealed, but holds no part of a run that this version knows.", path));
            });
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes the head behind everything else.</summary>
    public static void WriteHead(Stream stream, PartHead head)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(head);
        stream.Write(json);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        stream.Write(length);
    }

    /// <summary>The checkpoint's files in this part.</summary>
    /// <exception cref="MoEQuantException">MOEQ3087.</exception>
    public IReadOnlyList<KeyValuePair<string, byte[]>> ReadFiles() => Guarded(Path, () => Head.Files.Select(file =>
    {
        Seek(file.Offset, file.Length);
        return KeyValuePair.Create(file.Name, JsonBlock.ReadBytes(_stream, file.Length));
    }).ToArray());

    /// <summary>Hands a unit of this part to those who want to read it.</summary>
    /// <exception cref="MoEQuantException">MOEQ3087, MOEQ3088.</exception>
    public void Read(PartUnit unit, Action<SegmentReader> read) => Guarded(Path, () =>
    {
        Seek(unit.Offset, 0);
        read(new SegmentReader(_stream));
        return true;
    });

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private static void Check(string path, FileStream stream, SealState state)
    {
        switch (state)
        {
            case SealState.Foreign:
                throw new MoEQuantException(PartDiagnostics.NoPart, "The file does not begin as a part does.", path);
            case SealState.Cut:
                throw new MoEQuantException(PartDiagnostics.PartDamaged, string.Create(CultureInfo.InvariantCulture, $"The file has {stream.Length} bytes; its beginning says {SealedFile.StatedLength(stream)}."), path);
            case SealState.Altered:
                throw new MoEQuantException(PartDiagnostics.PartDamaged, "The SHA-256 of its content is not the one it was written with.", path);
        }
    }

    private static PartHead? ReadHead(FileStream stream)
    {
        long end = SealedFile.ContentEnd(stream) - sizeof(int);
        if (end < SealedFile.HeadBytes)
            return null;
        stream.Position = end;
        Span<byte> number = stackalloc byte[sizeof(int)];
        stream.ReadExactly(number);
        int length = BinaryPrimitives.ReadInt32LittleEndian(number);
        if (length <= 0 || length > end - SealedFile.HeadBytes)
            return null;
        stream.Position = end - length;
        try
        {
            return JsonSerializer.Deserialize<PartHead>(JsonBlock.ReadBytes(stream, length)) is { Format: PartHead.CurrentFormat, Units: not null, Files: not null, Options: not null } head ? head : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Moves to bytes that the head speaks of.</summary>
    /// <exception cref="InvalidDataException">They are not within the file.</exception>
    private void Seek(long offset, int length)
    {
        if (length < 0 || offset < SealedFile.HeadBytes || offset > SealedFile.ContentEnd(_stream) - length)
            throw new InvalidDataException();
        _stream.Position = offset;
    }

    private static T Guarded<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception cause) when (cause is JsonException or InvalidDataException or EndOfStreamException)
        {
            // The seal is whole, so this is what was written: by something that is no part's run.
            throw new MoEQuantException(PartDiagnostics.NoPart, "The file is sealed, but a piece in it cannot be read.", path, cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new MoEQuantException(PartDiagnostics.PartUnreadable, DiagnosticText.Sentence(cause.Message), path, cause);
        }
    }
}
