using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting;

/// <summary>The packed matrices of the layers by kind and layer. Experts are taken together, so that sixteen layers of 64 experts fit on a page.</summary>
/// <param name="Kinds">Kinds in the order in which they stand in the file.</param>
/// <param name="Layers">Layers in ascending order.</param>
internal sealed record MatrixGrid(IReadOnlyList<string> Kinds, IReadOnlyList<int> Layers)
{
    private readonly Dictionary<(string Kind, int Layer), MatrixCell> _cells = [];

    /// <summary>The matrices of a kind in a layer; null where there are none.</summary>
    public MatrixCell? this[string kind, int layer] => _cells.GetValueOrDefault((kind, layer));

    /// <summary>Every cell.</summary>
    public IReadOnlyCollection<MatrixCell> Cells => _cells.Values;

    /// <summary>Groups matrices.</summary>
    public static MatrixGrid From(IEnumerable<TensorStatistics> matrices)
    {
        TensorStatistics[] layered = [.. matrices.Where(matrix => matrix.Layer >= 0)];
        MatrixGrid grid = new([.. layered.Select(matrix => matrix.Kind).Distinct()], [.. layered.Select(matrix => matrix.Layer).Distinct().Order()]);
        foreach (IGrouping<(string Kind, int Layer), TensorStatistics> cell in layered.GroupBy(matrix => (matrix.Kind, matrix.Layer)))
            grid._cells.Add(cell.Key, new([.. cell]));
        return grid;
    }
}
