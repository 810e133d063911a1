using System.CommandLine;
using System.Globalization;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Sizes as people write them: bytes, or a number with kB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024), in any case.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, double Factor)[] Units =
        [("KiB", 1024), ("MiB", 1024 * 1024), ("GiB", 1024.0 * 1024 * 1024), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1), ("", 1)];

    /// <summary>The value of an option in bytes, or null when the option is absent.</summary>
    /// <exception cref="MoEQuantException">The descriptor's failure.</exception>
    public static long? Parse(ParseResult result, Option<string?> option, DiagnosticDescriptor descriptor)
    {
        if (result.GetResult(option) is null)
            return null;
        string text = (result.GetValue(option) ?? "").Trim();
        (string suffix, double factor) = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        if (double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double value) && value * factor is >= 1 and < 1e18)
            return (long)(value * factor);
        throw new MoEQuantException(descriptor, $"{option.Name} is '{text}'; expected a number of bytes, or a number with kB, MB, GB, KiB, MiB or GiB.");
    }
}
