using System.Buffers;
using System.Globalization;
using System.Text;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>BPE whose first tokens are Unicode characters, as SentencePiece makes it; characters that the vocabulary lacks fall back to bytes or to the unknown token.</summary>
internal sealed class CharacterBpeModel : BpeModel
{
    private const string Metaspace = "▁";

    private readonly int[] _bmp = new int[0x10000];
    private readonly int[] _fallback = new int[256];
    private readonly int _unknown;
    private readonly byte[] _prefix;
    private readonly byte[] _suffix;
    private readonly byte[]? _cutBefore;

    /// <param name="vocabulary">The tokens; includes the unknown token, if there is one.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="options">The settings.</param>
    /// <param name="wordsAreIndependent">True when no merge joins a metaspace to what stands before it, see <see cref="WordBoundary"/>.</param>
    public CharacterBpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options, bool wordsAreIndependent)
        : base(vocabulary, merges, options)
    {
        _prefix = Encoding.UTF8.GetBytes(options.ContinuingSubwordPrefix);
        _suffix = Encoding.UTF8.GetBytes(options.EndOfWordSuffix);
        _unknown = options.UnknownToken is not null && vocabulary.TryGetId(Encoding.UTF8.GetBytes(options.UnknownToken), out int unknown) ? unknown : -1;
        FillCharacterTable(vocabulary);
        for (int value = 0; value < 256; value++)
            _fallback[value] = Find(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")));
        if (wordsAreIndependent && _prefix.Length == 0 && _suffix.Length == 0 && _bmp[Metaspace[0]] >= 0)
            _cutBefore = Encoding.UTF8.GetBytes(Metaspace);
    }

    protected override bool TryGetWhole(ReadOnlySpan<byte> piece, out int id) => Vocabulary.TryGetId(piece, out id);

    // Without a pre-tokenizer the piece is the whole text. Cutting it into words gives the same tokens, and words are in the cache.
    protected override int FirstPartLength(ReadOnlySpan<byte> piece)
    {
        if (_cutBefore is null)
            return piece.Length;
        int start = 0;
        while (piece[start..].StartsWith(_cutBefore))
            start += _cutBefore.Length;
        int next = piece[start..].IndexOf(_cutBefore);
        return next < 0 ? piece.Length : start + next;
    }

    protected override void Symbolize(ReadOnlySpan<byte> piece, ref IdBuffer symbols)
    {
        bool pendingUnknown = false;
        for (int position = 0; position < piece.Length;)
        {
            Rune.DecodeFromUtf8(piece[position..], out Rune rune, out int length);
            ReadOnlySpan<byte> character = piece.Slice(position, length);
            bool first = position == 0;
            position += length;
            bool last = position == piece.Length;
            byte[]? marked = Mark(character, first, last);

            int id = marked is null ? FindCharacter(rune, character) : Find(marked);
            if (id >= 0)
            {
                if (pendingUnknown)
                    symbols.Add(_unknown);
                pendingUnknown = false;
                symbols.Add(id);
            }
            // The reference does not write a pending unknown token before fallback bytes; it stays pending. That order is kept.
            else if (!(Options.ByteFallback && TryAddBytes(marked is null ? character : marked, ref symbols)) && _unknown >= 0)
            {
                if (pendingUnknown && !Options.FuseUnknown)
                    symbols.Add(_unknown);
                pendingUnknown = true;
            }
        }
        if (pendingUnknown)
            symbols.Add(_unknown);
    }

    private byte[]? Mark(ReadOnlySpan<byte> character, bool first, bool last)
    {
        ReadOnlySpan<byte> prefix = first ? default : _prefix;
        ReadOnlySpan<byte> suffix = last ? _suffix : default;
        return prefix.IsEmpty && suffix.IsEmpty ? null : [.. prefix, .. character, .. suffix];
    }

    private bool TryAddBytes(ReadOnlySpan<byte> character, ref IdBuffer symbols)
    {
        foreach (byte value in character)
            if (_fallback[value] < 0)
                return false;
        foreach (byte value in character)
            symbols.Add(_fallback[value]);
        return true;
    }

    private int FindCharacter(Rune rune, ReadOnlySpan<byte> utf8) => rune.IsBmp ? _bmp[rune.Value] : Find(utf8);

    private int Find(ReadOnlySpan<byte> utf8) => Vocabulary.TryGetId(utf8, out int id) ? id : -1;

    private void FillCharacterTable(Vocabulary vocabulary)
    {
        _bmp.AsSpan().Fill(-1);
        for (int id = 0; id < vocabulary.EndId; id++)
        {
            if (!vocabulary.Contains(id))
                continue;
            ReadOnlySpan<byte> text = vocabulary.Text(id);
            if (text.Length is > 0 and <= 3
                && Rune.DecodeFromUtf8(text, out Rune rune, out int length) == OperationStatus.Done && length == text.Length)
                _bmp[rune.Value] = id;
        }
    }
}
