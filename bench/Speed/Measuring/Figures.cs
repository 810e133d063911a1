using System.Globalization;

namespace MoEQuant.Speed.Measuring;

/// <summary>Figures as the tables show them.</summary>
internal static class Figures
{
    public static string Number(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    public static string Giga(double value) => Number(value / 1e9, value < 1e11 ? 1 : 0);

    public static string Percent(double share) => Number(share * 100, 0) + " %";
}
