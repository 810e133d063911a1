using System.Globalization;

namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>Which part of a run: <c>i/n</c>.</summary>
/// <param name="Number">i, from 1.</param>
/// <param name="Count">n.</param>
internal readonly record struct PartNumber(int Number, int Count)
{
    /// <summary>Reads <c>i/n</c> with 1 ≤ i ≤ n, in digits alone.</summary>
    public static bool TryParse(string text, out PartNumber part)
    {
        string[] numbers = text.Split('/');
        part = default;
        if (numbers.Length != 2 || !TryParse(numbers[0], out int number) || !TryParse(numbers[1], out int count) || number > count)
            return false;
        part = new(number, count);
        return true;
    }

    /// <summary><c>i/n</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
