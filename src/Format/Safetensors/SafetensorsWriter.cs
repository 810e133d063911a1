using System.Buffers.Binary;

namespace MoEQuant.Format;

/// <summary>Writes an ordinary safetensors file of declared tensors, piece by piece; the file appears on <see cref="Commit"/> or not at all.</summary>
/// <remarks>Equal declarations and bytes give equal files. The header is padded with spaces so that the data starts at a multiple of 64 bytes.</remarks>
public sealed class SafetensorsWriter : IDisposable
{
    private readonly OutputFile _output;
    private readonly IReadOnlyList<TensorDeclaration> _tensors;
    private int _current;
    private long _written;

    /// <summary>Creates the temporary file and writes the header.</summary>
    /// <param name="path">Where the file is to appear.</param>
    /// <param name="tensors">All tensors in the order in which they are going to be written.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>, or null.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is <c>__metadata__</c>, or a dimension is negative.</exception>
    /// <exception cref="OverflowException">The tensors' size exceeds 63 bits.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5020–5023: the file cannot be created.</exception>
    public SafetensorsWriter(string path, IReadOnlyList<TensorDeclaration> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        _tensors = tensors;
        HashSet<string> names = new(StringComparer.Ordinal) { "__metadata__" };
        List<(TensorDeclaration Tensor, long Begin, long End)> placed = new(tensors.Count);
        long position = 0;
        foreach (TensorDeclaration tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"The name '{tensor.Name}' occurs twice or is reserved.", nameof(tensors));
            if (tensor.Shape.Any(dimension => dimension < 0))
                throw new ArgumentException($"Tensor '{tensor.Name}' has a negative dimension.", nameof(tensors));
            long end = checked(position + tensor.Length);
            placed.Add((tensor, position, end));
            position = end;
        }

        ReadOnlySpan<byte> json = SafetensorsHeaderWriter.Serialize(metadata ?? new Dictionary<string, string>(), placed).WrittenSpan;
        _output = new OutputFile(path);
        try
        {
            WriteHeader(_output, json, AlignedHeaderLength(json.Length));
        }
        catch
        {
            _output.Dispose();
            throw;
        }
    }

    /// <summary>Writes the next bytes of a tensor. Tensors come in declared order, each in as many pieces as the caller likes.</summary>
    /// <param name="name">The tensor that the bytes belong to; a check against writing out of order.</param>
    /// <param name="bytes">Little-endian elements, row-major; a piece may end within an element.</param>
    /// <exception cref="InvalidOperationException">Another tensor is due, or it has no room for so many bytes.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public void Append(string name, ReadOnlySpan<byte> bytes)
    {
        Advance(name, bytes.Length);
        _output.Write(bytes);
    }

    /// <summary>Leaves the next bytes of a tensor zero. Where the file system knows sparse files they take no space.</summary>
    /// <param name="name">The tensor that the bytes belong to.</param>
    /// <param name="count">The number of bytes, 0 or more.</param>
    /// <exception cref="InvalidOperationException">Another tensor is due, or it has no room for so many bytes.</exception>
    public void AppendZeros(string name, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Advance(name, count);
        _output.Skip(count);
    }

    /// <summary>Gives the complete file its name, replacing a file that has it.</summary>
    /// <exception cref="InvalidOperationException">A declared tensor is missing or incomplete.</exception>
    /// <exception cref="Diagnostics.MoEQuantException">MOEQ5021–5023: writing failed.</exception>
    public void Commit()
    {
        SkipCompleteTensors();
        if (_current < _tensors.Count)
            throw new InvalidOperationException($"Tensor '{_tensors[_current].Name}' has {_written} of {_tensors[_current].Length} bytes.");
        _output.Commit(_output.Position);
    }

    /// <summary>Deletes the temporary file where it was not committed.</summary>
    public void Dispose() => _output.Dispose();

    /// <summary>The header length for which the data starts at a multiple of 64 bytes.</summary>
    internal static int AlignedHeaderLength(int jsonLength) =>
        checked((SafetensorsHeader.PrefixLength + jsonLength + 63) / 64 * 64 - SafetensorsHeader.PrefixLength);

    /// <summary>Writes length, JSON and spaces at the output's position.</summary>
    internal static void WriteHeader(OutputFile output, ReadOnlySpan<byte> json, int headerLength)
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)headerLength);
        output.Write(prefix);
        output.Write(json);
        byte[] spaces = new byte[headerLength - json.Length];
        spaces.AsSpan().Fill((byte)' ');
        output.Write(spaces);
    }

    private void Advance(string name, long count)
    {
        if (count == 0)
            return;
        SkipCompleteTensors();
        if (_current == _tensors.Count)
            throw new InvalidOperationException($"Tensor '{name}' was to be written, but all tensors are complete.");
        TensorDeclaration due = _tensors[_current];
        if (due.Name != name)
            throw new InvalidOperationException($"Tensor '{name}' was to be written, but '{due.Name}' is due.");
        if (count > due.Length - _written)
            throw new InvalidOperationException($"Tensor '{name}' has room for {due.Length - _written} bytes, not for {count}.");
        _written += count;
    }

    private void SkipCompleteTensors()
    {
        while (_current < _tensors.Count && _written == _tensors[_current].Length)
        {
            _current++;
            _written = 0;
        }
    }
}
