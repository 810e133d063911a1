using System.IO.Compression;

namespace MoEQuant.Runtime.Tokenization.Unicode;

/// <summary>The tables behind <see cref="UnicodeNormalization"/>, unpacked at the first use.</summary>
internal sealed class NormalizationTables
{
    private readonly Dictionary<int, byte> _classes;
    private readonly Dictionary<int, int[]> _canonical;
    private readonly Dictionary<int, int[]> _compatible;
    private readonly Dictionary<(int First, int Second), int> _compositions;
    private readonly HashSet<int> _secondOfPair;
    private readonly bool[]?[] _touched = new bool[]?[4];

    private NormalizationTables(VariableLengthReader reader)
    {
        _classes = reader.ReadMap(r => (byte)r.Read());
        _canonical = reader.ReadMap(r => r.ReadList());
        _compatible = reader.ReadMap(r => r.ReadList());
        _compositions = [];
        for (int count = reader.Read(); count > 0; count--)
            _compositions.Add((reader.Read(), reader.Read()), reader.Read());
        _secondOfPair = [.. _compositions.Keys.Select(pair => pair.Second)];
    }

    public static NormalizationTables Instance { get; } = Load();

    /// <summary>The canonical combining class; 0 for all that do not reorder.</summary>
    public byte CombiningClass(int codePoint) => codePoint < 0x300 ? (byte)0 : _classes.GetValueOrDefault(codePoint);

    /// <summary>The full decomposition, or null for a code point that has none. Hangul syllables are not in the table.</summary>
    public int[]? Decomposition(int codePoint, bool compatible) =>
        compatible && _compatible.TryGetValue(codePoint, out int[]? mapping) || _canonical.TryGetValue(codePoint, out mapping) ? mapping : null;

    public bool TryCompose(int first, int second, out int composed) => _compositions.TryGetValue((first, second), out composed);

    /// <summary>True when a code point may change, reorder or combine with what stands before it in this form. All others are safe to copy.</summary>
    public bool MayChange(int codePoint, NormalForm form)
    {
        if (codePoint >= 0x10000)
            return ComputeMayChange(codePoint, form);
        bool[] touched = _touched[(int)form] ?? FillTouched(form);
        return touched[codePoint];
    }

    private bool[] FillTouched(NormalForm form)
    {
        bool[] touched = new bool[0x10000];
        for (int c = 0; c < touched.Length; c++)
            touched[c] = ComputeMayChange(c, form);
        return _touched[(int)form] = touched;
    }

    private bool ComputeMayChange(int codePoint, NormalForm form)
    {
        if (CombiningClass(codePoint) != 0)
            return true;
        bool compatible = form is NormalForm.KC or NormalForm.KD;
        if (form is NormalForm.D or NormalForm.KD)
            return Hangul.IsSyllable(codePoint) || Decomposition(codePoint, compatible) is not null;
        if (Hangul.IsVowel(codePoint) || Hangul.IsTail(codePoint) || _secondOfPair.Contains(codePoint) || compatible && _compatible.ContainsKey(codePoint))
            return true;
        return _canonical.TryGetValue(codePoint, out int[]? mapping) && !ComposesTo(mapping, codePoint);
    }

    private bool ComposesTo(int[] mapping, int codePoint)
    {
        int composed = mapping[0];
        for (int i = 1; i < mapping.Length; i++)
            if (!TryCompose(composed, mapping[i], out composed))
                return false;
        return composed == codePoint && mapping.Length > 1;
    }

    private static NormalizationTables Load()
    {
        using var packed = new MemoryStream(Convert.FromBase64String(NormalizationData.Base64));
        using var inflater = new DeflateStream(packed, CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        inflater.CopyTo(unpacked);
        return new NormalizationTables(new VariableLengthReader(unpacked.ToArray()));
    }
}
