namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>
/// A set of code points with a fast membership test, whatever defines it: a bitmap for ASCII, bitmaps of 256 code points that are filled when first
/// needed for the rest of the Basic Multilingual Plane, the definition itself beyond. Safe for concurrent use: a bitmap is published when it is complete.
/// </summary>
internal sealed class CodePointSet
{
    private readonly Func<int, bool> _definition;
    private readonly ulong _asciiLow;
    private readonly ulong _asciiHigh;
    private ulong[]?[]? _pages;

    public CodePointSet(Func<int, bool> definition)
    {
        _definition = definition;
        for (int i = 0; i < 64; i++)
        {
            _asciiLow |= definition(i) ? 1UL << i : 0;
            _asciiHigh |= definition(i + 64) ? 1UL << i : 0;
        }
    }

    public bool Contains(int codePoint)
    {
        if (codePoint < 128)
            return ((codePoint < 64 ? _asciiLow : _asciiHigh) >> (codePoint & 63) & 1) != 0;
        if (codePoint >= 0x10000)
            return _definition(codePoint);
        ulong[] page = _pages?[codePoint >> 8] ?? Fill(codePoint >> 8);
        return (page[codePoint >> 6 & 3] >> (codePoint & 63) & 1) != 0;
    }

    private ulong[] Fill(int index)
    {
        ulong[] page = new ulong[4];
        for (int i = 0; i < 256; i++)
            page[i >> 6] |= _definition(index << 8 | i) ? 1UL << (i & 63) : 0;
        // Another thread may put its own table there; what this one wrote is then computed again.
        ulong[]?[] pages = _pages ?? new ulong[]?[256];
        pages[index] = page;
        _pages = pages;
        return page;
    }
}
