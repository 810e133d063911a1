using System.Diagnostics.CodeAnalysis;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>A Hugging Face checkpoint: a folder with config.json and safetensors weights in one file or in shards, memory mapped. Only what is read is ever in memory.</summary>
/// <remarks>
/// Instances are immutable and may be read from many threads at once. As a weight source the folder gives full-precision weights where they are mapped,
/// for calibration and for comparison; a model built on it disposes it.
/// </remarks>
internal sealed unsafe class CheckpointFolder : IWeightSource
{
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    private CheckpointFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>All tensors in the order of shards and offsets.</summary>
    public IReadOnlyCollection<CheckpointTensor> Tensors => _tensors.Values;

    /// <summary>Full paths of the files that hold the weights, in the order of the shards.</summary>
    public IReadOnlyList<string> WeightPaths => [.. _files.Select(file => file.Region.Path!)];

    /// <summary>Maps all weight files and checks their headers and the index; reads no weights.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="MoEQuantException">MOEQ1030–1037, or MOEQ1001–1020 for one of the files.</exception>
    public static CheckpointFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            throw new MoEQuantException(CheckpointDiagnostics.FolderMissing, "This is a file; the checkpoint's folder was expected.", path);
        if (!Directory.Exists(path))
            throw new MoEQuantException(CheckpointDiagnostics.FolderMissing, "No such folder.", path);
        CheckpointFolder folder = new(path);
        try
        {
            folder.OpenFiles();
            return folder;
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            folder.Dispose();
            throw new MoEQuantException(MappingDiagnostics.FileUnreadable, $"The folder cannot be read: {DiagnosticText.Sentence(cause.Message)}", path, cause);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Reads config.json.</summary>
    /// <exception cref="MoEQuantException">MOEQ1031: it is absent.</exception>
    public byte[] ReadConfig() => CheckpointFiles.Read(FilePath("config.json"));

    /// <summary>Reads one of the checkpoint's other files whole.</summary>
    /// <param name="name">For example <c>tokenizer.json</c>.</param>
    /// <param name="content">The file's bytes.</param>
    /// <returns>False where there is no such file.</returns>
    public bool TryReadFile(string name, [NotNullWhen(true)] out byte[]? content)
    {
        string path = FilePath(name);
        content = File.Exists(path) ? CheckpointFiles.Read(path) : null;
        return content is not null;
    }

    /// <summary>The full path of a file in the folder, whether it exists or not.</summary>
    public string FilePath(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Finds a tensor.</summary>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out CheckpointTensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <summary>Holds the tensors against a plan: all there, nothing unknown, shapes and types as expected.</summary>
    /// <exception cref="MoEQuantException">MOEQ1038–1041.</exception>
    public void Validate(TensorPlan plan) => PlanCheck.Check(this, plan);

    /// <summary>Reads rows of a planned tensor as single-precision floats for quantization: every value is checked to be finite.</summary>
    /// <param name="tensor">The tensor; a vector has one row.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="destination">Receives rowCount x columns values, row-major; exactly that long.</param>
    /// <exception cref="MoEQuantException">MOEQ1038, 1040, 1041: not as planned. MOEQ1042: NaN or infinity, with row and column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not within the tensor, or the destination has another length.</exception>
    public void ReadRows(PlannedTensor tensor, int firstRow, int rowCount, Span<float> destination)
    {
        CheckpointTensor stored = PlanCheck.Find(this, tensor);
        int columns = tensor.IsVector ? tensor.Rows : tensor.Columns;
        int rows = tensor.IsVector ? 1 : tensor.Rows;
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, rows - firstRow);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, (long)rowCount * columns);
        int size = stored.Type.ElementSize();
        byte* source = stored.File.Region.Pointer(stored.Entry.Offset + ((long)firstRow * columns * size), (long)rowCount * columns * size);
        FloatConversion.Widen(source, stored.Type, destination);
        int bad = FloatConversion.IndexOfNonFinite(destination);
        if (bad >= 0)
            throw new MoEQuantException(
                CheckpointDiagnostics.WeightNotFinite,
                $"Tensor {DiagnosticText.Quote(tensor.Name)} has {destination[bad]} at row {firstRow + (bad / columns)}, column {bad % columns}.", stored.Path);
    }

    /// <inheritdoc/>
    /// <remarks>The weights are not looked at here: a NaN or infinity is found when the tensor is read for quantization.</remarks>
    public LinearWeights GetLinear(PlannedTensor tensor)
    {
        CheckpointTensor stored = PlanCheck.Find(this, tensor);
        return new DenseWeights(new DenseMatrix(stored.Pointer, FloatConversion.DenseTypeOf(stored.Type), tensor.Rows, tensor.Columns));
    }

    /// <inheritdoc/>
    public float[] GetVector(PlannedTensor tensor)
    {
        float[] values = new float[tensor.Rows];
        ReadRows(tensor, 0, 1, values);
        return values;
    }

    /// <summary>Says that a tensor will not be read soon; its pages leave the process's memory.</summary>
    /// <exception cref="MoEQuantException">MOEQ1038, 1040, 1041: not as planned.</exception>
    public void Release(PlannedTensor tensor)
    {
        CheckpointTensor stored = PlanCheck.Find(this, tensor);
        stored.File.Region.Evict(stored.Entry.Offset, stored.Entry.Length);
    }

    /// <summary>Unmaps all files. Pointers into them must no longer be in use.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files)
            file.Dispose();
    }

    private void OpenFiles()
    {
        (IReadOnlyList<string> names, ShardIndex? index) = WeightFiles.Find(Path);
        foreach (string name in names)
        {
            string path = FilePath(name);
            if (!File.Exists(path))
                throw new MoEQuantException(
                    CheckpointDiagnostics.ShardMissing, $"The index names the shard {DiagnosticText.Quote(name)}, which is absent.", index?.Path ?? Path);
            SafetensorsFile file = SafetensorsFile.Open(path);
            _files.Add(file);
            foreach (TensorEntry entry in file.Tensors)
                if (!_tensors.TryAdd(entry.Name, new CheckpointTensor(entry, file)))
                    throw new MoEQuantException(
                        CheckpointDiagnostics.TensorDuplicated,
                        $"Tensor {DiagnosticText.Quote(entry.Name)} is in {DiagnosticText.Quote(System.IO.Path.GetFileName(_tensors[entry.Name].Path!))} as well as in {DiagnosticText.Quote(name)}.", path);
        }

        if (index is null)
            return;
        foreach ((string tensor, string shard) in index.ShardOfTensor)
            if (!_tensors.TryGetValue(tensor, out CheckpointTensor? stored) || System.IO.Path.GetFileName(stored.Path) != shard)
                throw new MoEQuantException(
                    CheckpointDiagnostics.IndexedTensorMissing,
                    $"The index says that tensor {DiagnosticText.Quote(tensor)} is in {DiagnosticText.Quote(shard)}; it is {(stored is null ? "in no shard" : $"in {DiagnosticText.Quote(System.IO.Path.GetFileName(stored.Path!))}")}.",
                    index.Path);
    }
}
