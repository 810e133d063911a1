namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>A map of values by row and column: pale is little, saturated is much.</summary>
/// <param name="columns">Names of the columns.</param>
/// <param name="format">Writes a value.</param>
internal sealed class HeatMap(IReadOnlyList<string> columns, Func<double, string> format)
{
    /// <summary>Shades that the style sheet knows.</summary>
    public const int Levels = 9;

    private const int CellHeight = 26;
    private const int MostColumnsWithText = 10;
    private readonly List<(string Label, double?[] Values)> _rows = [];

    /// <summary>What the columns are, in the singular.</summary>
    public string ColumnName { get; init; } = "layer";

    /// <summary>What stands above the labels of the rows in the table.</summary>
    public string RowName { get; init; } = "Matrix";

    /// <summary>Adds a row.</summary>
    /// <param name="label">Its name.</param>
    /// <param name="values">One value per column; null where there is none.</param>
    public void Add(string label, IEnumerable<double?> values) => _rows.Add((label, [.. values]));

    /// <summary>Draws the map with its scale, and the same as a table to unfold.</summary>
    public void Write(HtmlWriter html)
    {
        double[] all = [.. _rows.SelectMany(row => row.Values).OfType<double>()];
        if (all.Length == 0)
            return;
        (double least, double most) = (all.Min(), all.Max());
        using (html.Open("div", ("class", "chart")))
        {
            foreach ((string label, double?[] values) in _rows)
                WriteRow(html, label, values, least, most);
            WriteAxis(html);
        }

        WriteScale(html, least, most);
        DataTable.WriteFolded(html, "Table of these values", [RowName, .. columns.Select(column => $"{ColumnName} {column}")],
            _rows.Select(row => (IReadOnlyList<string>)[row.Label, .. row.Values.Select(value => value is { } number ? format(number) : "")]));
    }

    /// <summary>The shade of a value: 0 (least) to <see cref="Levels"/> − 1 (most); a middle one where all values are the same.</summary>
    internal static int Level(double value, double least, double most) => most > least ? (int)Math.Round((value - least) / (most - least) * (Levels - 1)) : 3;

    private void WriteRow(HtmlWriter html, string label, double?[] values, double least, double most)
    {
        double[] known = [.. values.OfType<double>()];
        string summary = known.Length == 0 ? "" : format(known.Average());
        Strip.Row(html, label, summary, $"{label}: {format(known.DefaultIfEmpty(0).Min())} to {format(known.DefaultIfEmpty(0).Max())}", CellHeight, () =>
        {
            for (int i = 0; i < values.Length; i++)
                if (values[i] is { } value)
                    WriteCell(html, i, value, $"{label}, {ColumnName} {columns[i]}: {format(value)}", Level(value, least, most));
        });
    }

    private void WriteCell(HtmlWriter html, int column, double value, string title, int level)
    {
        double width = 1.0 / columns.Count;
        Strip.Box(html, column * width, width, CellHeight, $"cell h{level}", title);
        if (columns.Count <= MostColumnsWithText)
            html.Element("text", format(value), ("class", level > Levels / 2 ? "on-dark" : "on-light"), ("x", ReportText.Position((column + 0.5) * width)), ("y", "17"));
    }

    private void WriteAxis(HtmlWriter html)
    {
        // At most about sixteen labels: more would run into each other.
        int step = (columns.Count + 15) / 16;
        Strip.Row(html, "", "mean", $"{ColumnName}s {columns[0]} to {columns[^1]}", 16, () =>
        {
            for (int i = 0; i < columns.Count; i += step)
                html.Element("text", columns[i], ("class", "axis"), ("x", ReportText.Position((i + 0.5) / columns.Count)), ("y", "12"));
        });
    }

    private void WriteScale(HtmlWriter html, double least, double most)
    {
        using (html.Open("p", ("class", "scale")))
        {
            html.Element("span", format(least));
            using (html.Open("svg", ("aria-hidden", "true"), ("width", "144"), ("height", "12")))
                for (int level = 0; level < Levels; level++)
                    html.Empty("rect", ("class", $"h{level}"), ("x", $"{level * 16}"), ("width", "16"), ("height", "12"));
            html.Element("span", format(most));
            html.Element("span", $"columns: {ColumnName}s", ("class", "muted"));
        }
    }
}
