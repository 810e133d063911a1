using System.CommandLine;
using System.Globalization;
using System.Numerics;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Reads option values, which the parser delivers as text, so that every wrong one gets its own code with what was found and what is allowed.</summary>
internal static class OptionValue
{
    /// <summary>An option with one text value.</summary>
    public static Option<string?> Create(string name, string description, string valueName, string? defaultText = null) =>
        new(name) { Description = defaultText is null ? description : $"{description} [default: {defaultText}]", HelpName = valueName };

    /// <summary>A number within a range, or null when the option is absent.</summary>
    /// <exception cref="MoEQuantException">The descriptor's failure.</exception>
    public static T? Number<T>(ParseResult result, Option<string?> option, T lowest, T highest, DiagnosticDescriptor descriptor, bool lowestExcluded = false) where T : struct, INumber<T>
    {
        if (result.GetResult(option) is null)
            return null;
        string text = result.GetValue(option) ?? "";
        bool real = typeof(T) == typeof(float) || typeof(T) == typeof(double);
        NumberStyles style = real ? NumberStyles.Float : NumberStyles.AllowLeadingSign;
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) && (lowestExcluded ? value > lowest : value >= lowest) && value <= highest)
            return value;
        string from = lowestExcluded ? $"above {Text(lowest)}" : Text(lowest);
        throw new MoEQuantException(descriptor, $"{option.Name} is '{text}'; expected a {(real ? "" : "whole ")}number, {from} to {Text(highest)}.");
    }

    /// <summary>One of several numbers, or null when the option is absent.</summary>
    /// <exception cref="MoEQuantException">The descriptor's failure.</exception>
    public static int? Choice(ParseResult result, Option<string?> option, ReadOnlySpan<int> allowed, DiagnosticDescriptor descriptor)
    {
        if (result.GetResult(option) is null)
            return null;
        string text = result.GetValue(option) ?? "";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && allowed.Contains(value))
            return value;
        throw new MoEQuantException(descriptor, $"{option.Name} is '{text}'; expected one of {string.Join(", ", allowed.ToArray())}.");
    }

    /// <summary>A name of an enumeration in any case, or null when the option is absent.</summary>
    /// <exception cref="MoEQuantException">The descriptor's failure.</exception>
    public static T? Name<T>(ParseResult result, Option<string?> option, DiagnosticDescriptor descriptor) where T : struct, Enum
    {
        if (result.GetResult(option) is null)
            return null;
        string text = result.GetValue(option) ?? "";
        string[] names = Enum.GetNames<T>();
        int index = Array.FindIndex(names, name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? Enum.Parse<T>(names[index])
            : throw new MoEQuantException(descriptor, $"{option.Name} is '{text}'; expected one of {string.Join(", ", names.Select(name => name.ToLowerInvariant()))}.");
    }

    /// <summary>on or off, or null when the option is absent.</summary>
    /// <exception cref="MoEQuantException">The descriptor's failure.</exception>
    public static bool? Switch(ParseResult result, Option<string?> option, DiagnosticDescriptor descriptor) => result.GetResult(option) is null ? null : result.GetValue(option)?.ToLowerInvariant() switch
    {
        "on" => true,
        "off" => false,
        _ => throw new MoEQuantException(descriptor, $"{option.Name} is '{result.GetValue(option)}'; expected on or off."),
    };

    private static string Text<T>(T value) where T : INumber<T> => value.ToString(null, CultureInfo.InvariantCulture);
}
