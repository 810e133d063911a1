namespace MoEQuant.Runtime.Tokenization.Unicode;

/// <summary>The arithmetic composition of Hangul syllables (The Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TailCount;

    public static bool IsSyllable(int codePoint) => (uint)(codePoint - SyllableBase) < SyllableCount;

    public static bool IsVowel(int codePoint) => (uint)(codePoint - VowelBase) < VowelCount;

    public static bool IsTail(int codePoint) => (uint)(codePoint - TailBase - 1) < TailCount - 1;

    public static void Decompose(int syllable, List<int> output)
    {
        int index = syllable - SyllableBase;
        output.Add(LeadBase + index / (VowelCount * TailCount));
        output.Add(VowelBase + index % (VowelCount * TailCount) / TailCount);
        if (index % TailCount > 0)
            output.Add(TailBase + index % TailCount);
    }

    public static bool TryCompose(int first, int second, out int composed)
    {
        if ((uint)(first - LeadBase) < LeadCount && IsVowel(second))
        {
            composed = SyllableBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TailCount;
            return true;
        }
        composed = first + second - TailBase;
        return IsSyllable(first) && (first - SyllableBase) % TailCount == 0 && IsTail(second);
    }
}
