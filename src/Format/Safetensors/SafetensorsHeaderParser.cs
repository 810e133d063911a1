using System.Text.Json;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Walks the header's JSON once, token by token: no document is built, and each tensor costs its name, its shape and one entry.</summary>
internal ref struct SafetensorsHeaderParser
{
    private const int MaximumRank = 32;
    private readonly long _dataOffset;
    private readonly string? _path;
    private Utf8JsonReader _json;

    public SafetensorsHeaderParser(ReadOnlySpan<byte> json, long dataOffset, string? path)
    {
        _json = new Utf8JsonReader(json);
        _dataOffset = dataOffset;
        _path = path;
        // Entries take about 130 bytes each; a good guess spares the growing of list and dictionary.
        int expected = json.Length / 128;
        Tensors = new List<TensorEntry>(expected);
        Ordinals = new Dictionary<string, int>(expected, StringComparer.Ordinal);
        Metadata = [];
    }

    /// <summary>All tensors in the order of the header.</summary>
    public List<TensorEntry> Tensors { get; }

    /// <summary>Where each name stands in <see cref="Tensors"/>.</summary>
    public Dictionary<string, int> Ordinals { get; }

    /// <summary>The <c>__metadata__</c> entries.</summary>
    public Dictionary<string, string> Metadata { get; private set; }

    public void Parse()
    {
        bool metadataSeen = false;
        _json.Read();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            string name = _json.GetString()!;
            _json.Read();
            if (name != "__metadata__")
            {
                ParseTensor(name);
                continue;
            }

            if (metadataSeen)
                throw Duplicate("The header's entry", name);
            metadataSeen = true;
            ParseMetadata();
        }

        // Only white space may follow the object; the reader throws on anything else.
        _json.Read();
    }

    private void ParseMetadata()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            throw Malformed($"The header's '__metadata__' is a JSON {_json.TokenType}; an object was expected.");
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            string key = _json.GetString()!;
            _json.Read();
            if (_json.TokenType != JsonTokenType.String)
                throw Malformed($"Metadata {DiagnosticText.Quote(key)} is a JSON {_json.TokenType}; a string was expected.");
            if (!Metadata.TryAdd(key, _json.GetString()!))
                throw Duplicate("Metadata key", key);
        }
    }

    private void ParseTensor(string name)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            throw Malformed($"The entry of tensor {DiagnosticText.Quote(name)} is a JSON {_json.TokenType}; an object was expected.");
        TensorDataType? type = null;
        long[]? shape = null;
        long[]? range = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("dtype"u8))
                type = Once(name, "dtype", type is null) ? ParseType(name) : null;
            else if (_json.ValueTextEquals("shape"u8))
                shape = Once(name, "shape", shape is null) ? ParseIntegers(name, "shape", MaximumRank, SafetensorsDiagnostics.ShapeInvalid) : null;
            else if (_json.ValueTextEquals("data_offsets"u8))
                range = Once(name, "data_offsets", range is null) ? ParseIntegers(name, "data_offsets", 2, SafetensorsDiagnostics.OffsetsInvalid) : null;
            else
            {
                // Members that a later version of the specification may add carry no meaning for this reader.
                _json.Read();
                _json.Skip();
            }
        }

        if (type is null || shape is null || range is null)
            throw Malformed($"The entry of tensor {DiagnosticText.Quote(name)} has no '{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}'.");
        if (range.Length != 2)
            throw Malformed($"Tensor {DiagnosticText.Quote(name)} has {range.Length} data_offsets; 2 were expected.");
        AddTensor(name, type.Value, shape, range[0], range[1]);
    }

    private readonly void AddTensor(string name, TensorDataType type, long[] shape, long begin, long end)
    {
        if (begin > end)
            throw new MoEQuantException(
                SafetensorsDiagnostics.OffsetsInvalid, $"Tensor {DiagnosticText.Quote(name)} has the data_offsets [{begin}, {end}]: the end lies before the beginning.", _path);
        if (end > long.MaxValue - _dataOffset)
            throw new MoEQuantException(
                SafetensorsDiagnostics.OffsetsInvalid, $"Tensor {DiagnosticText.Quote(name)} has the data_offsets [{begin}, {end}]: the end is beyond any file.", _path);
        long length = type.ElementSize();
        foreach (long dimension in shape)
            if (dimension != 0 && length > long.MaxValue / dimension)
                throw new MoEQuantException(
                    SafetensorsDiagnostics.ShapeInvalid, $"Tensor {DiagnosticText.Quote(name)} has the shape [{string.Join(", ", shape)}]: its size in bytes overflows 63 bits.", _path);
            else
                length *= dimension;
        if (end - begin != length)
            throw new MoEQuantException(
                SafetensorsDiagnostics.LengthMismatch,
                $"Tensor {DiagnosticText.Quote(name)} of type {type.FileName()} and shape [{string.Join(", ", shape)}] has {end - begin} bytes; {length} were expected.", _path);
        if (!Ordinals.TryAdd(name, Tensors.Count))
            throw Duplicate("Tensor", name);
        Tensors.Add(new TensorEntry(
            name, type, System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(shape), _dataOffset + begin, length));
    }

    private TensorDataType ParseType(string name)
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.String)
            throw Malformed($"The dtype of tensor {DiagnosticText.Quote(name)} is a JSON {_json.TokenType}; a string was expected.");
        if (!_json.ValueIsEscaped && TensorDataTypeExtensions.TryParse(_json.ValueSpan, out TensorDataType type))
            return type;
        throw new MoEQuantException(
            SafetensorsDiagnostics.UnknownDataType,
            $"Tensor {DiagnosticText.Quote(name)} has the dtype {DiagnosticText.Quote(_json.GetString()!)}; known are {TensorDataTypeExtensions.AllNames}.", _path);
    }

    private long[] ParseIntegers(string name, string member, int maximumCount, DiagnosticDescriptor descriptor)
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartArray)
            throw Malformed($"The {member} of tensor {DiagnosticText.Quote(name)} is a JSON {_json.TokenType}; an array was expected.");
        Span<long> values = stackalloc long[MaximumRank];
        int count = 0;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (count == maximumCount)
                throw new MoEQuantException(descriptor, $"The {member} of tensor {DiagnosticText.Quote(name)} has more than {maximumCount} numbers.", _path);
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out long value) || value < 0)
                throw new MoEQuantException(
                    descriptor, $"The {member} of tensor {DiagnosticText.Quote(name)} contains {Raw()}; a whole number from 0 to {long.MaxValue} was expected.", _path);
            values[count++] = value;
        }

        return values[..count].ToArray();
    }

    private readonly string Raw() => DiagnosticText.Quote(System.Text.Encoding.UTF8.GetString(_json.ValueSpan[..Math.Min(_json.ValueSpan.Length, 80)]));

    private readonly bool Once(string name, string member, bool first) =>
        first ? true : throw Malformed($"The entry of tensor {DiagnosticText.Quote(name)} has '{member}' twice.");

    private readonly MoEQuantException Malformed(string found) => new(SafetensorsDiagnostics.EntryMalformed, found, _path);

    private readonly MoEQuantException Duplicate(string what, string name) =>
        new(SafetensorsDiagnostics.DuplicateName, $"{what} {DiagnosticText.Quote(name)} occurs twice.", _path);
}
