namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>Tables. The first column names the rows; all others hold figures.</summary>
internal static class DataTable
{
    /// <summary>Writes a table.</summary>
    public static void Write(HtmlWriter html, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        // What is wider than a phone scrolls by itself, not with the page; the focus makes that possible with a keyboard.
        using (html.Open("div", ("class", "scroll"), ("tabindex", "0")))
        using (html.Open("table"))
        {
            using (html.Open("thead"))
            using (html.Open("tr"))
                foreach (string header in headers)
                    html.Element("th", header, ("scope", "col"));
            using (html.Open("tbody"))
                foreach (IReadOnlyList<string> row in rows)
                    WriteRow(html, row);
        }

        html.Line();
    }

    /// <summary>Writes a table that stays folded until someone asks for it.</summary>
    public static void WriteFolded(HtmlWriter html, string summary, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        using (html.Open("details"))
        {
            html.Element("summary", summary);
            Write(html, headers, rows);
        }
    }

    private static void WriteRow(HtmlWriter html, IReadOnlyList<string> cells)
    {
        using (html.Open("tr"))
        {
            html.Element("th", cells[0], ("scope", "row"));
            foreach (string cell in cells.Skip(1))
                html.Element("td", cell);
        }
    }
}
