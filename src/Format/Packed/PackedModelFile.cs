using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>An opened packed model. Opening checks everything that later reads rely on and touches header and matrix table alone, whatever the size of the file.</summary>
/// <remarks>Instances are immutable and may be read from many threads at once. Exact section sizes depend on the matrix layout and are checked by the runtime.</remarks>
public sealed class PackedModelFile : IDisposable
{
    private const int HashChunkBytes = 1 << 20;
    private readonly PackedTensorIndex _index;

    private PackedModelFile(SafetensorsFile container)
    {
        Container = container;
        Info = PackedMetadata.Read(container);
        _index = PackedTensorIndex.Build(container);
    }

    /// <summary>What the file says about itself.</summary>
    public PackedModelInfo Info { get; }

    /// <summary>The file in its role as a safetensors file.</summary>
    public SafetensorsFile Container { get; }

    /// <summary>Names of the embedded files in file order, for example <c>config.json</c>.</summary>
    public IReadOnlyList<string> FileNames => _index.Files.Keys;

    /// <summary>Names of the packed matrices in file order.</summary>
    public IReadOnlyList<string> MatrixNames => _index.Matrices;

    /// <summary>The matrix table, in the order of <see cref="MatrixNames"/>.</summary>
    public IReadOnlyList<PackedMatrixRecord> Matrices => _index.Records;

    /// <summary>Names of the plain F32 tensors in file order.</summary>
    public IReadOnlyList<string> VectorNames => _index.Vectors;

    /// <summary>Maps and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MoEQuantException">MOEQ1001–1020: it cannot be opened or is damaged; MOEQ5001–5010: it is no packed model that this library can read.</exception>
    public static PackedModelFile Open(string path) => Open(MappedRegion.OpenFile(path), ownsRegion: true);

    /// <summary>Checks the packed model in a region, which may lie at any address: alignment counts from its start.</summary>
    /// <param name="region">The bytes of exactly one file.</param>
    /// <param name="ownsRegion">Whether the region is disposed with the file, or at once when opening fails.</param>
    /// <exception cref="MoEQuantException">MOEQ1005–1020 or MOEQ5001–5010, as for a path.</exception>
    public static PackedModelFile Open(MappedRegion region, bool ownsRegion)
    {
        SafetensorsFile container = SafetensorsFile.Open(region, ownsRegion);
        try
        {
            return new PackedModelFile(container);
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <summary>Finds an embedded file. The bytes must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="name">For example <c>tokenizer.json</c>.</param>
    /// <param name="content">The file as it was in the checkpoint.</param>
    public bool TryGetFile(string name, out ReadOnlySpan<byte> content)
    {
        bool found = _index.Files.TryGetValue(name, out TensorEntry? tensor);
        content = found ? Container.Region.Span(tensor!.Offset, (int)tensor.Length) : default;
        return found;
    }

    /// <summary>Finds a packed matrix.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="record">Its parameters and sections.</param>
    /// <param name="tensor">Where its bytes lie.</param>
    public bool TryGetMatrix(string name, out PackedMatrixRecord record, [NotNullWhen(true)] out TensorEntry? tensor)
    {
        record = default;
        tensor = null;
        if (!Container.TryGetOrdinal(name, out int ordinal))
            return false;
        int index = _index.MatrixOrdinals.BinarySearch(ordinal);
        if (index < 0)
            return false;
        record = _index.Records[index];
        tensor = Container.Tensors[ordinal];
        return true;
    }

    /// <summary>Finds a plain F32 tensor: a norm, a router, a bias.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="tensor">Where its bytes lie; one or two dimensions, less than 2 GiB.</param>
    public bool TryGetVector(string name, [NotNullWhen(true)] out TensorEntry? tensor)
    {
        if (Container.TryGetTensor(name, out tensor) && tensor.Type == TensorDataType.F32 && !name.StartsWith(PackedFormat.ReservedPrefix, StringComparison.Ordinal))
            return true;
        tensor = null;
        return false;
    }

    /// <summary>Reads the whole file and compares the SHA-256 of all bytes after the header with <see cref="PackedModelInfo.PayloadSha256"/>.</summary>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <exception cref="MoEQuantException">MOEQ5011: the content has changed.</exception>
    public void VerifyPayload(CancellationToken cancellationToken)
    {
        MappedRegion region = Container.Region;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = Container.DataOffset; offset < region.Length; offset += HashChunkBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(region.Span(offset, (int)Math.Min(HashChunkBytes, region.Length - offset)));
        }

        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != Info.PayloadSha256)
            throw new MoEQuantException(
                PackedDiagnostics.PayloadChanged, $"The content has the SHA-256 {found}; {Info.PayloadSha256} was written.", region.Path);
    }

    /// <summary>Disposes the region where this file owns it.</summary>
    public void Dispose() => Container.Dispose();
}
