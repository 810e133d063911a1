using System.Globalization;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>What was lost where: a map by layer and kind, and the worst matrices by name.</summary>
internal static class ErrorSection
{
    private const int WorstCount = 10;

    public static void Write(HtmlWriter html, ModelReport report)
    {
        MatrixGrid grid = report.Grid;
        if (grid.Layers.Count == 0)
            return;
        Section.Write(html, "errors", "Error by layer and kind of matrix", report.IsCalibrated
            ? "Relative error of the outputs, ‖(W − Ŵ) x‖ / ‖W x‖, over the inputs that calibration saw. Experts of a layer are taken together."
            : "Relative error of the weights, ‖W − Ŵ‖ / ‖W‖. Without calibration the outputs' error is not known. Experts of a layer are taken together.", () =>
        {
            HeatMap map = new([.. grid.Layers.Select(layer => layer.ToString(CultureInfo.InvariantCulture))], value => ReportText.Number(value, 4));
            foreach (string kind in grid.Kinds)
                map.Add(kind, grid.Layers.Select(layer => report.IsCalibrated ? grid[kind, layer]?.RelativeOutputError : grid[kind, layer]?.RelativeError));
            map.Write(html);
            WriteWorst(html, report);
        });
    }

    private static void WriteWorst(HtmlWriter html, ModelReport report)
    {
        IEnumerable<TensorStatistics> worst = report.Result.Statistics.Matrices.OrderByDescending(matrix => matrix.RelativeOutputError ?? matrix.RelativeError).ThenBy(matrix => matrix.Name, StringComparer.Ordinal).Take(WorstCount);
        DataTable.WriteFolded(html, $"The {WorstCount} matrices with the largest error", ["Matrix", "Bits", "Rank", "Weight error", "Output error"], worst.Select(matrix => (IReadOnlyList<string>)
        [
            matrix.Name, $"{matrix.Bits}", $"{matrix.Rank}", ReportText.Number(matrix.RelativeError, 4), matrix.RelativeOutputError is { } error ? ReportText.Number(error, 4) : "not measured",
        ]));
    }
}
