using System.Buffers;
using System.Text;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>Turns pieces of text into tokens by byte-pair encoding. Immutable but for its cache, safe for concurrent use.</summary>
internal abstract class BpeModel
{
    private const int StackBytes = 256;
    private readonly PretokenCache _cache = new();

    protected BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        Vocabulary = vocabulary;
        Merges = merges;
        Options = options;
    }

    public Vocabulary Vocabulary { get; }

    protected MergeTable Merges { get; }

    protected BpeOptions Options { get; }

    /// <summary>Appends the tokens of one piece of text.</summary>
    /// <param name="piece">The piece, as normalizer and pre-tokenizer left it.</param>
    /// <param name="output">Where the ids go.</param>
    public void Encode(ReadOnlySpan<char> piece, List<int> output)
    {
        if (piece.IsEmpty)
            return;
        byte[]? rented = null;
        Span<byte> buffer = piece.Length * 3 <= StackBytes
            ? stackalloc byte[StackBytes]
            : rented = ArrayPool<byte>.Shared.Rent(piece.Length * 3);
        EncodeBytes(buffer[..GetBytes(piece, buffer)], output);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Appends the first tokens of the piece, before any merge.</summary>
    protected abstract void Symbolize(ReadOnlySpan<byte> piece, ref IdBuffer symbols);

    /// <summary>Finds the token that the whole piece is, for <see cref="BpeOptions.IgnoreMerges"/>.</summary>
    protected abstract bool TryGetWhole(ReadOnlySpan<byte> piece, out int id);

    /// <summary>Where the piece may be cut so that no merge crosses the cut: the end of its first part.</summary>
    protected virtual int FirstPartLength(ReadOnlySpan<byte> piece) => piece.Length;

    /// <summary>The bytes that the model works on. There are at most three per character.</summary>
    protected virtual int GetBytes(ReadOnlySpan<char> piece, Span<byte> bytes) => Encoding.UTF8.GetBytes(piece, bytes);

    private void EncodeBytes(ReadOnlySpan<byte> piece, List<int> output)
    {
        if (Options.IgnoreMerges && TryGetWhole(piece, out int whole))
        {
            output.Add(whole);
            return;
        }
        while (!piece.IsEmpty)
        {
            int length = FirstPartLength(piece);
            EncodePart(piece[..length], output);
            piece = piece[length..];
        }
    }

    private void EncodePart(ReadOnlySpan<byte> part, List<int> output)
    {
        bool cacheable = part.Length <= PretokenCache.LongestKey;
        uint hash = cacheable ? PretokenCache.Hash(part) : 0;
        if (cacheable && _cache.TryGet(part, hash, out ReadOnlySpan<int> known))
        {
            output.AddRange(known);
            return;
        }
        var symbols = new IdBuffer(stackalloc int[PretokenCache.LongestKey]);
        Symbolize(part, ref symbols);
        ReadOnlySpan<int> ids = symbols.Items[..Merger.Merge(symbols.Items, Merges)];
        if (cacheable)
            _cache.Set(part, hash, ids);
        output.AddRange(ids);
        symbols.Dispose();
    }
}
