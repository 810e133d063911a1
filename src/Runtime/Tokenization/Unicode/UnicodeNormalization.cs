using System.Text;
using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Unicode;

/// <summary>
/// Unicode normalization (Unicode Standard Annex 15). <see cref="string.Normalize()"/> cannot be used: it returns its input as it is in applications that
/// are published with invariant globalization, and depends on the machine's libraries elsewhere.
/// </summary>
internal static class UnicodeNormalization
{
    /// <summary>Normalizes text.</summary>
    /// <param name="text">Text without lone surrogates.</param>
    /// <param name="form">The form to bring it into.</param>
    public static string Normalize(string text, NormalForm form)
    {
        // Below these nothing changes, combines or reorders.
        char unchanged = form == NormalForm.C ? '\u02FF' : '\u007F';
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', unchanged) < 0)
            return text;
        NormalizationTables tables = NormalizationTables.Instance;
        var result = new StringBuilder(text.Length);
        int copied = 0;
        int before = 0;     // where the code point before the current one begins
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int step);
            if (!tables.MayChange(codePoint, form))
            {
                before = i;
                i += step;
                continue;
            }
            // What may change is worked on together with the code point before it, up to the next one that is safe.
            int end = i;
            while (end < text.Length && tables.MayChange(CodePoints.At(text, end, out step), form))
                end += step;
            int start = Math.Max(before, copied);
            result.Append(text, copied, start - copied);
            AppendNormalized(text.AsSpan(start, end - start), form, tables, result);
            copied = before = i = end;
        }
        return copied == 0 ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    private static void AppendNormalized(ReadOnlySpan<char> text, NormalForm form, NormalizationTables tables, StringBuilder result)
    {
        var codePoints = new List<int>(text.Length);
        Decompose(text, form is NormalForm.KC or NormalForm.KD, tables, codePoints);
        Reorder(codePoints, tables);
        if (form is NormalForm.C or NormalForm.KC)
            Compose(codePoints, tables);
        Span<char> utf16 = stackalloc char[2];
        foreach (int codePoint in codePoints)
            result.Append(utf16[..new Rune(codePoint).EncodeToUtf16(utf16)]);
    }

    private static void Decompose(ReadOnlySpan<char> text, bool compatible, NormalizationTables tables, List<int> output)
    {
        for (int i = 0; i < text.Length;)
        {
            int codePoint = CodePoints.At(text, i, out int step);
            i += step;
            if (Hangul.IsSyllable(codePoint))
                Hangul.Decompose(codePoint, output);
            else if (tables.Decomposition(codePoint, compatible) is { } mapping)
                output.AddRange(mapping);
            else
                output.Add(codePoint);
        }
    }

    // A stable sort of each run of combining characters by class.
    private static void Reorder(List<int> codePoints, NormalizationTables tables)
    {
        for (int i = 0; i < codePoints.Count;)
        {
            if (tables.CombiningClass(codePoints[i]) == 0)
            {
                i++;
                continue;
            }
            int start = i;
            while (i < codePoints.Count && tables.CombiningClass(codePoints[i]) != 0)
                i++;
            if (i - start > 1)
            {
                int[] sorted = [.. codePoints.GetRange(start, i - start).OrderBy(tables.CombiningClass)];
                for (int k = 0; k < sorted.Length; k++)
                    codePoints[start + k] = sorted[k];
            }
        }
    }

    private static void Compose(List<int> codePoints, NormalizationTables tables)
    {
        int starter = -1;       // index of the last starter
        int lastClass = -1;     // class of the last character kept behind it, -1 for none
        int kept = 0;
        foreach (int codePoint in codePoints.ToArray())
        {
            int combiningClass = tables.CombiningClass(codePoint);
            bool isBlocked = lastClass >= combiningClass;
            if (starter >= 0 && !isBlocked && TryCompose(codePoints[starter], codePoint, tables, out int composed))
            {
                codePoints[starter] = composed;
                continue;
            }
            if (combiningClass == 0)
            {
                starter = kept;
                lastClass = -1;
            }
            else
                lastClass = combiningClass;
            codePoints[kept++] = codePoint;
        }
        codePoints.RemoveRange(kept, codePoints.Count - kept);
    }

    private static bool TryCompose(int first, int second, NormalizationTables tables, out int composed) =>
        Hangul.TryCompose(first, second, out composed) || tables.TryCompose(first, second, out composed);
}
