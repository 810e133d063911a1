using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Sorts a packed model's tensors into files, vectors and matrices, and holds each against the rules, so that later reads need no checks of their own.</summary>
internal sealed class PackedTensorIndex
{
    private const int MaximumVectorRank = 2;
    private readonly SafetensorsFile _container;
    private readonly string? _path;
    private TensorEntry? _table;

    private PackedTensorIndex(SafetensorsFile container)
    {
        _container = container;
        _path = container.Region.Path;
    }

    /// <summary>Embedded files by name without prefix, in file order.</summary>
    public OrderedDictionary<string, TensorEntry> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of the F32 tensors in file order.</summary>
    public List<string> Vectors { get; } = [];

    /// <summary>Names of the packed matrices in file order.</summary>
    public List<string> Matrices { get; } = [];

    /// <summary>Ordinals of the packed matrices, ascending.</summary>
    public List<int> MatrixOrdinals { get; } = [];

    /// <summary>The matrix table, in the order of <see cref="Matrices"/>.</summary>
    public PackedMatrixRecord[] Records { get; private set; } = [];

    public static PackedTensorIndex Build(SafetensorsFile container)
    {
        PackedTensorIndex index = new(container);
        for (int ordinal = 0; ordinal < container.Tensors.Count; ordinal++)
            index.Add(container.Tensors[ordinal], ordinal);
        index.Records = PackedMatrixTable.Read(container, index._table, index.MatrixOrdinals);
        return index;
    }

    private void Add(TensorEntry tensor, int ordinal)
    {
        if (tensor.Name.StartsWith(PackedFormat.PaddingPrefix, StringComparison.Ordinal))
        {
            Require(tensor.Type == TensorDataType.U8 && tensor.Length < PackedFormat.Alignment, tensor, $"padding of fewer than {PackedFormat.Alignment} U8");
            return;
        }

        if (tensor.Length == 0)
            throw Unexpected(tensor, "at least one element");
        if (tensor.Offset % PackedFormat.Alignment != 0)
            throw new MoEQuantException(
                PackedDiagnostics.Misaligned,
                $"Tensor {DiagnosticText.Quote(tensor.Name)} begins at byte {tensor.Offset}; a multiple of {PackedFormat.Alignment} was expected.", _path);
        if (tensor.Name == PackedFormat.TableName)
            _table = tensor;
        else if (tensor.Name.StartsWith(PackedFormat.FilePrefix, StringComparison.Ordinal))
            AddFile(tensor);
        else if (!tensor.Name.StartsWith(PackedFormat.ReservedPrefix, StringComparison.Ordinal))
            AddWeights(tensor, ordinal);
    }

    private void AddFile(TensorEntry tensor)
    {
        string name = tensor.Name[PackedFormat.FilePrefix.Length..];
        if (!PackedFormat.IsFileName(name))
            throw new MoEQuantException(PackedDiagnostics.FileInvalid, $"The embedded file {DiagnosticText.Quote(name)} has a name that is not a plain file name.", _path);
        if (tensor.Type != TensorDataType.U8 || tensor.Shape.Length != 1 || tensor.Length > Array.MaxLength)
            throw new MoEQuantException(
                PackedDiagnostics.FileInvalid,
                $"The embedded file {DiagnosticText.Quote(name)} is a tensor of type {tensor.Type.FileName()} and shape {tensor.ShapeText}; U8 [1 … {Array.MaxLength}] was expected.", _path);
        Files.Add(name, tensor);
    }

    private void AddWeights(TensorEntry tensor, int ordinal)
    {
        if (tensor.Type == TensorDataType.F32)
        {
            Require(tensor.Shape.Length is >= 1 and <= MaximumVectorRank && tensor.Length <= Array.MaxLength, tensor, $"1 or 2 dimensions and at most {Array.MaxLength} bytes");
            Vectors.Add(tensor.Name);
            return;
        }

        Require(tensor.Type == TensorDataType.U8 && tensor.Shape.Length == 1, tensor, "F32, or U8 with one dimension");
        Matrices.Add(tensor.Name);
        MatrixOrdinals.Add(ordinal);
    }

    private void Require(bool fulfilled, TensorEntry tensor, string expected)
    {
        if (!fulfilled)
            throw Unexpected(tensor, expected);
    }

    private MoEQuantException Unexpected(TensorEntry tensor, string expected) => new(
        PackedDiagnostics.TensorUnexpected,
        $"Tensor {DiagnosticText.Quote(tensor.Name)} has type {tensor.Type.FileName()} and shape {tensor.ShapeText}; {expected} was expected.", _path);
}
