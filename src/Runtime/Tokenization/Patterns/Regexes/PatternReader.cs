using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Reads the characters of a pattern one after the other.</summary>
internal sealed class PatternReader(string source)
{
    // Oniguruma's own limit.
    private const int MostRepetitions = 100_000;

    private int _position;

    public bool AtEnd => _position == source.Length;

    public int Peek() => AtEnd ? throw Unsupported("an end where more was expected") : CodePoints.At(source, _position, out _);

    public int Take()
    {
        int next = Peek();
        _position += next >= 0x10000 ? 2 : 1;
        return next;
    }

    public bool TryTake(char expected)
    {
        if (AtEnd || source[_position] != expected)
            return false;
        _position++;
        return true;
    }

    public bool TryTake(string expected)
    {
        if (!LooksAt(expected))
            return false;
        _position += expected.Length;
        return true;
    }

    public bool LooksAt(string expected) => source.AsSpan(_position).StartsWith(expected, StringComparison.Ordinal);

    /// <summary>Takes everything up to a character, and that character.</summary>
    /// <returns>What stood before it, or null where it does not come.</returns>
    public string? TakeThrough(char end)
    {
        int length = source.AsSpan(_position).IndexOf(end);
        if (length < 0)
            return null;
        string taken = source.Substring(_position, length);
        _position += length + 1;
        return taken;
    }

    /// <summary>Takes a hexadecimal number.</summary>
    /// <param name="digits">How many digits it has, or 0 for any number of them.</param>
    public int TakeHex(int digits)
    {
        int start = _position;
        while (_position < source.Length && (digits == 0 || _position - start < digits) && char.IsAsciiHexDigit(source[_position]))
            _position++;
        if (_position == start || digits > 0 && _position - start != digits
            || !int.TryParse(source.AsSpan(start, _position - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
            throw Unsupported("a malformed hexadecimal escape");
        return value;
    }

    /// <summary>Takes <c>*</c>, <c>+</c>, <c>?</c>, <c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c>. Braces that are none of these stand for themselves.</summary>
    public bool TryTakeRepetition(out int minimum, out int maximum, out bool braces)
    {
        (minimum, maximum, braces) = (0, int.MaxValue, false);
        if (TryTake('*'))
            return true;
        if (TryTake('+'))
        {
            minimum = 1;
            return true;
        }
        if (TryTake('?'))
        {
            maximum = 1;
            return true;
        }
        braces = true;
        return LooksAt("{") && TryTakeBraces(out minimum, out maximum);
    }

    public MoEQuantException Unsupported(string what) => new(TokenizerDiagnostics.PatternUnsupported,
        $"The pattern \"{Shorten(source)}\" has {what} at character {_position}, which is not supported.");

    private bool TryTakeBraces(out int minimum, out int maximum)
    {
        (minimum, maximum) = (0, int.MaxValue);
        int end = source.AsSpan(_position).IndexOf('}');
        if (end < 0)
            return false;
        ReadOnlySpan<char> inside = source.AsSpan(_position + 1, end - 1);
        int comma = inside.IndexOf(',');
        ReadOnlySpan<char> low = comma < 0 ? inside : inside[..comma];
        ReadOnlySpan<char> high = comma < 0 ? inside : inside[(comma + 1)..];
        if (low.IsEmpty && high.IsEmpty || !IsDigits(low) || !IsDigits(high))
            return false;
        if (!low.IsEmpty)
            minimum = ParseCount(low);
        if (!high.IsEmpty)
            maximum = ParseCount(high);
        if (minimum > maximum)
            throw Unsupported("a repetition whose minimum exceeds its maximum");
        _position += end + 1;
        return true;
    }

    private int ParseCount(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= MostRepetitions
            ? value
            : throw Unsupported($"a repetition count above {MostRepetitions}");

    private static bool IsDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static string Shorten(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 97), "...");
}
