using System.Globalization;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>Figures as a report shows them, in invariant culture.</summary>
internal static class ReportText
{
    /// <summary>A share as a percentage with so many digits.</summary>
    public static string Percent(double share, int digits = 1) => (share * 100).ToString("F" + digits, CultureInfo.InvariantCulture) + " %";

    /// <summary>A percentage with its sign.</summary>
    public static string Change(double share) => (share < 0 ? "−" : "+") + Percent(Math.Abs(share), 2);

    /// <summary>A number with so many digits after the point.</summary>
    public static string Number(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    /// <summary>A number with three significant digits, never in powers of ten where a person would not write one.</summary>
    public static string Small(double value) => value switch
    {
        0 => "0",
        < 0.0001 => value.ToString("0.0e-0", CultureInfo.InvariantCulture),
        < 0.01 => value.ToString("F5", CultureInfo.InvariantCulture),
        < 1 => value.ToString("F4", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };

    /// <summary>A whole number with its thousands apart.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    /// <summary>An amount of bytes. Sizes that stand side by side keep their unit longer than elsewhere, so that they can be compared at a glance.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 100_000 => Number(bytes / 1e3, 1) + " kB",
        < 10_000_000_000 => Number(bytes / 1e6, 1) + " MB",
        _ => Number(bytes / 1e9, 2) + " GB",
    };

    /// <summary>A length of time.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 10 => Number(seconds, 2) + " s",
        < 120 => Number(seconds, 0) + " s",
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min {(int)(seconds % 60)} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {(int)(seconds / 60) % 60} min"),
    };

    /// <summary>A position in an SVG, as a percentage of its width.</summary>
    public static string Position(double share) => (share * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
