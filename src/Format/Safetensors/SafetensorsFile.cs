using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>An opened safetensors file: a list of tensors with checked ranges over mapped bytes.</summary>
/// <remarks>
/// The specification is that of the safetensors project: 8 bytes little-endian header length, a JSON header, then the tensors' bytes without gaps.
/// Opening reads the header alone, whatever the size of the file. Instances are immutable and may be read from many threads at once.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly bool _ownsRegion;
    private readonly TensorEntry[] _tensors;
    private readonly Dictionary<string, int> _ordinals;

    private SafetensorsFile(MappedRegion region, bool ownsRegion, SafetensorsHeader header)
    {
        Region = region;
        _ownsRegion = ownsRegion;
        _tensors = header.Tensors;
        _ordinals = header.Ordinals;
        Metadata = header.Metadata;
        DataOffset = header.DataOffset;
    }

    /// <summary>The bytes; <see cref="TensorEntry.Offset"/> counts from its start.</summary>
    public MappedRegion Region { get; }

    /// <summary>All tensors in the order of their offsets.</summary>
    public IReadOnlyList<TensorEntry> Tensors => _tensors;

    /// <summary>The header's <c>__metadata__</c>; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The first byte after the header, from the start of the file.</summary>
    public long DataOffset { get; }

    /// <summary>Maps and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MoEQuantException">MOEQ1001–1020: the file cannot be opened or is no valid safetensors file.</exception>
    public static SafetensorsFile Open(string path) => Open(MappedRegion.OpenFile(path), ownsRegion: true);

    /// <summary>Checks the safetensors file in a region.</summary>
    /// <param name="region">The bytes of exactly one file.</param>
    /// <param name="ownsRegion">Whether the region is disposed with the file, or at once when opening fails.</param>
    /// <exception cref="MoEQuantException">MOEQ1005–1020: no valid safetensors file.</exception>
    public static SafetensorsFile Open(MappedRegion region, bool ownsRegion)
    {
        ArgumentNullException.ThrowIfNull(region);
        try
        {
            return new SafetensorsFile(region, ownsRegion, SafetensorsHeader.Read(region));
        }
        catch
        {
            if (ownsRegion)
                region.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor by its name.</summary>
    /// <param name="name">The exact name.</param>
    /// <param name="tensor">The tensor, or null.</param>
    public bool TryGetTensor(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TensorEntry? tensor)
    {
        bool found = TryGetOrdinal(name, out int ordinal);
        tensor = found ? _tensors[ordinal] : null;
        return found;
    }

    /// <summary>Finds a tensor's place in <see cref="Tensors"/> by its name.</summary>
    /// <param name="name">The exact name.</param>
    /// <param name="ordinal">The index, or 0.</param>
    public bool TryGetOrdinal(string name, out int ordinal) => _ordinals.TryGetValue(name, out ordinal);

    /// <summary>The address of a tensor's first byte; <see cref="TensorEntry.Length"/> bytes follow.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public unsafe byte* Pointer(TensorEntry tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Region.Pointer(tensor.Offset, tensor.Length);
    }

    /// <summary>Disposes the region where this file owns it.</summary>
    public void Dispose()
    {
        if (_ownsRegion)
            Region.Dispose();
    }
}
