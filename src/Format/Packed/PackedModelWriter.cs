using System.Runtime.InteropServices;

namespace MoEQuant.Format;

/// <summary>Writes a packed model in one pass: names first, then contents in any order, then the header; the file appears on <see cref="Commit"/> or not at all.</summary>
/// <remarks>
/// Tensors stand in the file in the order in which they are written; equal calls give equal files. Memory use does not depend on the size of the contents.
/// Wrong use gives the standard argument and operation exceptions, since it is a bug of the caller; failures of the file system are coded.
/// </remarks>
public sealed class PackedModelWriter : IDisposable
{
    private const int ChunkBytes = 1 << 30;
    private readonly PackedHeaderLayout _layout;
    private readonly OutputFile _output;
    private readonly long _dataOffset;
    private readonly HashSet<string> _dueFiles;
    private readonly HashSet<string> _dueVectors;
    private readonly HashSet<string> _dueMatrices;
    private readonly List<(TensorDeclaration Tensor, long Begin, long End)> _tensors = [];
    private readonly List<PackedMatrixRecord> _records = [];
    private int _paddings;
    private string? _payloadHash;
    private long _length;
    private bool _closed;

    /// <summary>Creates the temporary file and reserves the header.</summary>
    /// <param name="path">Where the file is to appear.</param>
    /// <param name="header">The metadata.</param>
    /// <param name="contents">The names of everything that is going to be written.</param>
    /// <exception cref="ArgumentException">A name is empty, reserved or occurs twice, or metadata is empty.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5020–5023: the file cannot be created.</exception>
    public PackedModelWriter(string path, PackedModelHeader header, PackedModelContents contents)
        : this(path, header, contents, create: null)
    {
    }

    /// <param name="path">Where the file is to appear.</param>
    /// <param name="header">The metadata.</param>
    /// <param name="contents">All names.</param>
    /// <param name="create">Opens the temporary file; tests replace it.</param>
    internal PackedModelWriter(string path, PackedModelHeader header, PackedModelContents contents, Func<string, Stream>? create)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(contents);
        PackedContentsCheck.Check(header, contents);
        _dueFiles = new(contents.Files, StringComparer.Ordinal);
        _dueVectors = new(contents.Vectors, StringComparer.Ordinal);
        _dueMatrices = new(contents.Matrices, StringComparer.Ordinal);
        _layout = new PackedHeaderLayout(header);
        _dataOffset = SafetensorsHeader.PrefixLength + _layout.Reserve(contents);
        _output = new OutputFile(path, create);
        try
        {
            _output.Seek(_dataOffset);
            _output.StartHash();
        }
        catch
        {
            _output.Dispose();
            throw;
        }
    }

    /// <summary>Where the payload of such a file begins: the length of prefix and header in bytes.</summary>
    /// <param name="header">The metadata.</param>
    /// <param name="contents">All names.</param>
    public static long PayloadOffset(PackedModelHeader header, PackedModelContents contents)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(contents);
        return SafetensorsHeader.PrefixLength + new PackedHeaderLayout(header).Reserve(contents);
    }

    /// <summary>Writes one of the checkpoint's files.</summary>
    /// <param name="name">A declared name, for example <c>config.json</c>.</param>
    /// <param name="content">The file's bytes; at least one.</param>
    /// <exception cref="ArgumentException">The name is not declared or was written before, or there is no content.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public void WriteFile(string name, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            throw new ArgumentException($"The file '{name}' is empty.", nameof(content));
        Begin(_dueFiles, name, PackedFormat.FilePrefix + name, TensorDataType.U8, [content.Length]);
        _output.Write(content);
    }

    /// <summary>Writes a plain tensor of single-precision floats.</summary>
    /// <param name="name">A declared name.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">One or two dimensions, 1 or more each.</param>
    /// <exception cref="ArgumentException">The name is not declared or was written before, or shape and values differ.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public void WriteVector(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        if (shape.Length is < 1 or > 2 || shape.ContainsAnyInRange(long.MinValue, 0) || values.Length != (Int128)shape[0] * (shape.Length == 2 ? shape[1] : 1))
            throw new ArgumentException($"The {values.Length} values of '{name}' do not fit the shape [{string.Join(", ", shape.ToArray())}].", nameof(shape));
        Begin(_dueVectors, name, name, TensorDataType.F32, shape);
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Packed models are written on little-endian machines.");
        // In pieces, because a span of bytes cannot hold more than half a billion floats.
        for (; !values.IsEmpty; values = values[Math.Min(values.Length, ChunkBytes / sizeof(float))..])
            _output.Write(MemoryMarshal.AsBytes(values[..Math.Min(values.Length, ChunkBytes / sizeof(float))]));
    }

    /// <summary>Writes a packed matrix with its compensator.</summary>
    /// <param name="name">A declared name.</param>
    /// <param name="record">Parameters and section lengths; the ordinal is set by the writer.</param>
    /// <param name="weights">The packed weights.</param>
    /// <param name="inputFactor">The packed V; empty at rank 0.</param>
    /// <param name="outputFactor">The packed U, transposed; empty at rank 0.</param>
    /// <exception cref="ArgumentException">The name is not declared or was written before, the record breaks a rule, or lengths differ from it.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public void WriteMatrix(
        string name, in PackedMatrixRecord record, ReadOnlySpan<byte> weights, ReadOnlySpan<byte> inputFactor, ReadOnlySpan<byte> outputFactor)
    {
        BeginMatrix(name, record, weights.Length, inputFactor, outputFactor);
        _output.Write(weights);
        EndMatrix(record, inputFactor, outputFactor);
    }

    /// <summary>Writes a packed matrix whose weights come in parts, because they may exceed 2 GiB.</summary>
    /// <param name="name">A declared name.</param>
    /// <param name="record">Parameters and section lengths; the ordinal is set by the writer.</param>
    /// <param name="weights">Consecutive parts of the packed weights, altogether as long as the record says.</param>
    /// <param name="inputFactor">The packed V; empty at rank 0.</param>
    /// <param name="outputFactor">The packed U, transposed; empty at rank 0.</param>
    /// <exception cref="ArgumentException">The name is not declared or was written before, the record breaks a rule, or lengths differ from it.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public void WriteMatrix(
        string name, in PackedMatrixRecord record, IReadOnlyList<ReadOnlyMemory<byte>> weights, ReadOnlySpan<byte> inputFactor, ReadOnlySpan<byte> outputFactor)
    {
        ArgumentNullException.ThrowIfNull(weights);
        BeginMatrix(name, record, weights.Sum(part => (long)part.Length), inputFactor, outputFactor);
        foreach (ReadOnlyMemory<byte> part in weights)
            _output.Write(part.Span);
        EndMatrix(record, inputFactor, outputFactor);
    }

    /// <summary>Writes matrix table and header and closes the file under its temporary name, where it can be opened and tried out before <see cref="Commit"/>.</summary>
    /// <param name="recordJson">The quantization record: a JSON object.</param>
    /// <returns>The temporary path. Whoever opens the file closes it again before <see cref="Commit"/>.</returns>
    /// <exception cref="ArgumentException">The record is no JSON object or exceeds the reserved room.</exception>
    /// <exception cref="InvalidOperationException">Something declared was not written.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public string Complete(string recordJson)
    {
        Finish(recordJson);
        _output.Close(_length);
        return _output.TemporaryPath;
    }

    /// <summary>Writes matrix table and header, and gives the complete file its name, replacing a file that has it.</summary>
    /// <param name="recordJson">The quantization record: a JSON object. It replaces the one that <see cref="Complete"/> was given.</param>
    /// <exception cref="ArgumentException">The record is no JSON object or exceeds the reserved room.</exception>
    /// <exception cref="InvalidOperationException">Something declared was not written.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public void Commit(string recordJson)
    {
        Finish(recordJson);
        _closed = true;
        _output.Commit(_length);
    }

    private void Finish(string recordJson)
    {
        ArgumentNullException.ThrowIfNull(recordJson);
        ObjectDisposedException.ThrowIf(_closed, this);
        if (!PackedMetadata.IsJsonObject(recordJson))
            throw new ArgumentException("The quantization record is not a JSON object.", nameof(recordJson));
        if (_dueFiles.Concat(_dueVectors).Concat(_dueMatrices).FirstOrDefault() is { } missing)
            throw new InvalidOperationException($"'{missing}' was declared but not written.");
        if (_payloadHash is null)
        {
            if (_records.Count > 0)
                WriteTable();
            _length = _output.Position;
            _payloadHash = _output.FinishHash();
        }

        ReadOnlySpan<byte> json = _layout.Compose(_tensors, _payloadHash, recordJson).WrittenSpan;
        int headerLength = (int)(_dataOffset - SafetensorsHeader.PrefixLength);
        if (json.Length > headerLength)
            throw new ArgumentException($"The header needs {json.Length} bytes, but {headerLength} were reserved: the quantization record of {recordJson.Length} characters exceeds its capacity.", nameof(recordJson));
        _output.Seek(0);
        SafetensorsWriter.WriteHeader(_output, json, headerLength);
    }

    /// <summary>Deletes the temporary file where it was not committed.</summary>
    public void Dispose() => _output.Dispose();

    private void WriteTable()
    {
        byte[] table = new byte[checked(_records.Count * PackedMatrixRecord.Size)];
        for (int i = 0; i < _records.Count; i++)
            _records[i].WriteTo(table.AsSpan(i * PackedMatrixRecord.Size));
        Place(PackedFormat.TableName, TensorDataType.U8, [table.Length]);
        _output.Write(table);
    }

    private void Begin(HashSet<string> due, string name, string tensorName, TensorDataType type, ReadOnlySpan<long> shape)
    {
        ObjectDisposedException.ThrowIf(_closed || _payloadHash is not null, this);
        if (!due.Remove(name))
            throw new ArgumentException($"'{name}' was not declared as such or was written before.", nameof(name));
        Place(tensorName, type, shape);
    }

    private void Place(string name, TensorDataType type, ReadOnlySpan<long> shape)
    {
        long position = _output.Position - _dataOffset;
        int gap = (int)(PackedFormat.Align(position) - position);
        if (gap > 0)
        {
            // The specification allows no holes: what lies between tensors is a tensor too.
            _tensors.Add((new TensorDeclaration(PackedFormat.PaddingPrefix + _paddings++, TensorDataType.U8, [gap]), position, position + gap));
            _output.WriteZeros(gap);
            position += gap;
        }

        TensorDeclaration tensor = new(name, type, [.. shape]);
        _tensors.Add((tensor, position, checked(position + tensor.Length)));
    }

    private void BeginMatrix(string name, in PackedMatrixRecord record, long weightBytes, ReadOnlySpan<byte> inputFactor, ReadOnlySpan<byte> outputFactor)
    {
        if (weightBytes != record.WeightBytes || inputFactor.Length != record.InputFactorBytes || outputFactor.Length != record.OutputFactorBytes)
            throw new ArgumentException($"The sections of '{name}' have {weightBytes}, {inputFactor.Length} and {outputFactor.Length} bytes; the record says {record}.", nameof(record));
        if (PackedMatrixRules.FindFault(record) is var (_, found))
            throw new ArgumentException($"Matrix '{name}' has {found}.", nameof(record));
        Begin(_dueMatrices, name, name, TensorDataType.U8, [record.TotalBytes]);
        _records.Add(record with { TensorOrdinal = _tensors.Count - 1 });
    }

    private void EndMatrix(in PackedMatrixRecord record, ReadOnlySpan<byte> inputFactor, ReadOnlySpan<byte> outputFactor)
    {
        _output.WriteZeros(PackedFormat.Align(record.WeightBytes) - record.WeightBytes);
        _output.Write(inputFactor);
        _output.WriteZeros(PackedFormat.Align(record.InputFactorBytes) - record.InputFactorBytes);
        _output.Write(outputFactor);
        _output.WriteZeros(PackedFormat.Align(record.OutputFactorBytes) - record.OutputFactorBytes);
    }
}
