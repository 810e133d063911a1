using System.Text;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>Byte-level BPE: the first tokens are the bytes of the text, written in the vocabulary with the <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteBpeModel : BpeModel
{
    // The longest token worth a look-up of a whole piece; longer ones are found by merges, if at all.
    private const int LongestWhole = 512;

    private readonly int[] _byteIds;
    private readonly bool _textIsMapped;

    /// <param name="vocabulary">The tokens, which include one for each byte that text can contain.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="options">The settings; without prefix and suffix.</param>
    /// <param name="textIsMapped">True where the pieces come in the byte-level alphabet already, false where they come as ordinary text.</param>
    public ByteBpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options, bool textIsMapped)
        : base(vocabulary, merges, options)
    {
        _byteIds = FindByteIds(vocabulary);
        _textIsMapped = textIsMapped;
    }

    /// <summary>True when the vocabulary has a token for each byte that text can contain.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="missing">The first byte without one, else -1.</param>
    public static bool HasAllBytes(Vocabulary vocabulary, out int missing)
    {
        int[] ids = FindByteIds(vocabulary);
        missing = Array.FindIndex(ids, id => id < 0);
        while (missing >= 0 && !ByteAlphabet.OccursInUtf8(missing))
            missing = Array.FindIndex(ids, missing + 1, id => id < 0);
        return missing < 0;
    }

    protected override int GetBytes(ReadOnlySpan<char> piece, Span<byte> bytes)
    {
        if (!_textIsMapped)
            return base.GetBytes(piece, bytes);
        int count = 0;
        foreach (char character in piece)
            if (ByteAlphabet.TryGetByte(character, out byte value))
                bytes[count++] = value;
        return count;
    }

    protected override void Symbolize(ReadOnlySpan<byte> piece, ref IdBuffer symbols)
    {
        foreach (byte value in piece)
            symbols.Add(_byteIds[value]);
    }

    protected override bool TryGetWhole(ReadOnlySpan<byte> piece, out int id)
    {
        id = -1;
        if (piece.Length > LongestWhole)
            return false;
        Span<byte> text = stackalloc byte[LongestWhole * 2];
        int length = 0;
        foreach (byte value in piece)
            length += new Rune(ByteAlphabet.Character(value)).EncodeToUtf8(text[length..]);
        return Vocabulary.TryGetId(text[..length], out id);
    }

    private static int[] FindByteIds(Vocabulary vocabulary)
    {
        int[] ids = new int[256];
        Span<byte> text = stackalloc byte[2];
        for (int value = 0; value < 256; value++)
        {
            int length = new Rune(ByteAlphabet.Character((byte)value)).EncodeToUtf8(text);
            ids[value] = vocabulary.TryGetId(text[..length], out int id) ? id : -1;
        }
        return ids;
    }
}
