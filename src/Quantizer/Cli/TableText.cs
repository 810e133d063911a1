using Spectre.Console;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Tables: bordered on a terminal, aligned columns of plain text elsewhere.</summary>
internal static class TableText
{
    /// <summary>Writes a table. Columns whose header begins with a space are right-aligned.</summary>
    public static void Write(CliHost host, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (host.Interactive)
        {
            Table table = new() { Border = TableBorder.Rounded };
            foreach (string header in headers)
                table.AddColumn(new TableColumn(new Markup(Markup.Escape(header.Trim()))) { Alignment = header.StartsWith(' ') ? Justify.Right : Justify.Left });
            foreach (IReadOnlyList<string> row in rows)
                table.AddRow([.. row.Select(Markup.Escape)]);
            host.Console.Write(table);
            return;
        }

        int[] widths = [.. headers.Select((header, column) => Math.Max(header.Trim().Length, rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max()))];
        foreach (IReadOnlyList<string> row in rows.Prepend([.. headers.Select(header => header.Trim())]))
            host.Output.WriteLine(string.Join("  ", row.Select((cell, column) => headers[column].StartsWith(' ') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }
}
