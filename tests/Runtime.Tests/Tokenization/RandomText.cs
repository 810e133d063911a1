using System.Text;

namespace MoEQuant.Runtime.Tests.Tokenization;

/// <summary>Random text of all kinds of characters, without lone surrogates.</summary>
internal static class RandomText
{
    private static readonly string[] s_frequent =
        [" ", " ", "  ", "\n", "\r\n", "\t", "a", "e", "th", "The", "S", "'s", "'LL", "'", "1", "42", "!", "...", "-", "\u00e9", "e\u0301", "\u4e2d", "\u0663", "\U0001F600", "\U00010400", "\U0001D7CE", "\u017F", "\u200D", "\u00A0", "\u3000", "_"];

    public static string Next(Random random, int length)
    {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++)
        {
            if (random.Next(3) > 0)
                text.Append(s_frequent[random.Next(s_frequent.Length)]);
            else
                text.Append(NextRune(random).ToString());
        }
        return text.ToString();
    }

    private static Rune NextRune(Random random)
    {
        int limit = random.Next(4) switch { 0 => 0x80, 1 => 0x800, 2 => 0x10000, _ => 0x110000 };
        int codePoint = random.Next(limit);
        return Rune.IsValid(codePoint) ? new Rune(codePoint) : new Rune('x');
    }
}
