using System.Globalization;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>Where the bits and the ranks went.</summary>
internal static class AllocationSection
{
    public static void Write(HtmlWriter html, ModelReport report)
    {
        MatrixGrid grid = report.Grid;
        if (grid.Layers.Count == 0)
            return;
        Section.Write(html, "allocation", "Bits and ranks", "Stored bits per weight with scales, zero points and compensators, by layer and kind. A kind that loses more when it is rounded should have more of them.", () =>
        {
            WriteMap(html, grid, cell => cell.BitsPerWeight, 2);
            if (grid.Cells.Any(cell => cell.Rank > 0))
            {
                html.Element("h3", "Rank of the compensators");
                WriteMap(html, grid, cell => cell.Rank, 1);
            }

            DataTable.WriteFolded(html, "Code bits and ranks by kind and layer", ["Matrix", .. grid.Layers.Select(layer => $"layer {layer}")],
                grid.Kinds.Select(kind => (IReadOnlyList<string>)[kind, .. grid.Layers.Select(layer => grid[kind, layer] is { } cell ? $"{cell.Bits} bits, rank {cell.Ranks}" : "")]));
        });
    }

    private static void WriteMap(HtmlWriter html, MatrixGrid grid, Func<MatrixCell, double> measure, int digits)
    {
        HeatMap map = new([.. grid.Layers.Select(layer => layer.ToString(CultureInfo.InvariantCulture))], value => ReportText.Number(value, digits));
        foreach (string kind in grid.Kinds)
            map.Add(kind, grid.Layers.Select(layer => grid[kind, layer] is { } cell ? measure(cell) : (double?)null));
        map.Write(html);
    }
}
