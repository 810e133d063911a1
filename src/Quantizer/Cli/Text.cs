using System.Globalization;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Figures as people read them, in invariant culture.</summary>
internal static class Text
{
    public static string Bytes(long bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F0} kB"),
        < 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F2} GB"),
    };

    public static string Duration(TimeSpan time) => time.TotalMinutes < 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}");

    /// <summary>What is left when <paramref name="fraction"/> of the work took <paramref name="elapsed"/>.</summary>
    public static TimeSpan Remaining(TimeSpan elapsed, double fraction) => fraction > 0 ? elapsed * ((1 - fraction) / fraction) : TimeSpan.Zero;

    public static string Percent(double fraction) => (fraction * 100).ToString("F1", CultureInfo.InvariantCulture) + " %";

    public static string Number(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
