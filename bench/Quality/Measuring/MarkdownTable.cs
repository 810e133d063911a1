namespace MoEQuant.Quality.Measuring;

/// <summary>A Markdown table: first column to the left, the others to the right.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes heading, rule and rows.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        output.WriteLine($"| {string.Join(" | ", columns)} |");
        output.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", columns.Count - 1))}");
        foreach (IReadOnlyList<string> row in rows)
            output.WriteLine($"| {string.Join(" | ", row)} |");
        output.WriteLine();
    }
}
