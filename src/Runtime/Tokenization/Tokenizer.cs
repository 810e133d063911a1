using System.Buffers;
using System.Text;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Characters;
using MoEQuant.Runtime.Tokenization.Decoding;
using MoEQuant.Runtime.Tokenization.Json;
using MoEQuant.Runtime.Tokenization.Models;
using MoEQuant.Runtime.Tokenization.Normalization;
using MoEQuant.Runtime.Tokenization.PostProcessing;
using MoEQuant.Runtime.Tokenization.PreTokenization;
using MoEQuant.Runtime.Tokenization.Vocabularies;
using Decoder = MoEQuant.Runtime.Tokenization.Decoding.Decoder;

namespace MoEQuant.Runtime.Tokenization;

/// <summary>
/// Turns text into token ids and back, as the checkpoint's <c>tokenizer.json</c> describes it. Byte-pair encoding is supported, byte-level and
/// SentencePiece-like. Instances are immutable and safe for concurrent use.
/// </summary>
public sealed class Tokenizer
{
    private readonly BpeModel _model;
    private readonly AddedVocabulary _added;
    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly Template[] _templates;
    private readonly Decoder _decoder;

    private Tokenizer(TokenizerFile file)
    {
        Vocabulary vocabulary = file.Model.Vocabulary;
        List<AddedToken> addedTokens = AddedTokenReader.Read(file.AddedTokens, vocabulary);
        _normalizer = file.Normalizer is { } normalizer ? NormalizerReader.Read(normalizer) : null;
        bool normalizesToBytes = file.Normalizer is { } node && NormalizerReader.IsByteLevel(node);
        _preTokenizer = PreTokenizerReader.Read(file.PreTokenizer, normalizesToBytes, out ByteLevelStage byteLevel);
        _model = BpeModelFactory.Create(vocabulary, file.Model.Merges, file.Model.Options, byteLevel);
        _added = new AddedVocabulary(addedTokens, _normalizer);
        _templates = new PostProcessorReader(IsToken).Read(file.PostProcessor);
        _decoder = DecoderReader.Read(file.Decoder);
        VocabularySize = Math.Max(vocabulary.EndId, _added.EndId);
    }

    /// <summary>The largest token id plus one. Ids without a token can lie below it.</summary>
    public int VocabularySize { get; }

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <param name="tokenizerJson">The bytes of the file: JSON in UTF-8. They are not needed afterwards.</param>
    /// <param name="path">The name to use in error messages.</param>
    /// <exception cref="MoEQuantException">The file is broken or needs something that is not supported (MOEQ1080 to MOEQ1099).</exception>
    public static Tokenizer FromJson(ReadOnlySpan<byte> tokenizerJson, string path = "tokenizer.json")
    {
        try
        {
            return new Tokenizer(TokenizerFile.Parse(tokenizerJson));
        }
        catch (MoEQuantException e) when (e.Path is null)
        {
            throw new MoEQuantException(e.Descriptor, e.Found, path, e.InnerException);
        }
    }

    /// <summary>Turns text into token ids.</summary>
    /// <param name="text">
    /// The text. Added tokens written in it become those tokens, special ones too. A lone surrogate counts as U+FFFD. There is no limit of length; the time
    /// grows linearly with it.
    /// </param>
    /// <param name="addSpecialTokens">Whether to put the tokens around the text that the model was trained with, for example one for the begin of a text.</param>
    /// <returns>The ids, each from 0 up to but not including <see cref="VocabularySize"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="MoEQuantException">On this text the tokenizer's patterns need an absurd number of steps, or its parts lengthen it absurdly (MOEQ1096, MOEQ1097).</exception>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = CodePoints.WellFormed(text);
        var ids = new List<int>(text.Length / 4 + 8);
        var segments = new List<AddedSegment>();
        _added.InText.Split(text, segments);
        foreach (AddedSegment segment in segments)
        {
            if (segment.TokenId >= 0)
                ids.Add(segment.TokenId);
            else
                EncodeNormalized(new TextPiece(text, segment.Start, segment.End - segment.Start, segment.Start == 0), ids);
        }
        foreach (Template template in _templates)
            ids = template.Apply(ids, addSpecialTokens);
        return [.. ids];
    }

    /// <summary>Turns token ids into text. Bytes that are not valid UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The ids. Those that have no token, as the padding of a model's vocabulary, are left out.</param>
    /// <param name="skipSpecialTokens">Whether to leave special tokens out.</param>
    /// <exception cref="MoEQuantException">The tokenizer's decoder needs an absurd number of steps, or lengthens a token absurdly (MOEQ1096, MOEQ1097).</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        DecodeStage stages = _decoder.Start(out OutputStage output);
        foreach (int id in ids)
            AppendTo(stages, id, skipSpecialTokens);
        stages.Finish();
        return output.Take();
    }

    /// <summary>Turns token ids into text one by one, as a model generates them.</summary>
    /// <param name="skipSpecialTokens">Whether to leave special tokens out.</param>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <summary>The id of a token, or null where there is no such token.</summary>
    /// <param name="token">The token as tokenizer.json spells it; byte-level vocabularies write a space as U+0120.</param>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (_added.Find(token) is { } added)
            return added.Id;
        return _model.Vocabulary.TryGetId(Encoding.UTF8.GetBytes(token), out int id) ? id : null;
    }

    /// <summary>The token of an id as tokenizer.json spells it, or null where there is none.</summary>
    public string? IdToToken(int id)
    {
        if (_added.Find(id) is { } added)
            return added.Content;
        return _model.Vocabulary.Contains(id) ? Encoding.UTF8.GetString(_model.Vocabulary.Text(id)) : null;
    }

    /// <summary>True for ids of special tokens, such as the one that ends a text.</summary>
    public bool IsSpecial(int id) => _added.Find(id) is { Special: true };

    internal DecodeStage StartDecoding(out OutputStage output) => _decoder.Start(out output);

    internal void AppendTo(DecodeStage stages, int id, bool skipSpecialTokens)
    {
        if (_added.Find(id) is { } added)
        {
            if (skipSpecialTokens && added.Special)
                return;
            stages.Append(_added.DecodedText(added));
        }
        else if (_model.Vocabulary.Contains(id))
            AppendText(stages, _model.Vocabulary.Text(id));
        else
            return;
        stages.EndToken();
    }

    private static void AppendText(DecodeStage stages, ReadOnlySpan<byte> utf8)
    {
        char[] buffer = ArrayPool<char>.Shared.Rent(utf8.Length);
        stages.Append(buffer.AsSpan(0, Encoding.UTF8.GetChars(utf8, buffer)));
        ArrayPool<char>.Shared.Return(buffer);
    }

    private bool IsToken(int id) => _model.Vocabulary.Contains(id) || _added.Find(id) is not null;

    private void EncodeNormalized(TextPiece piece, List<int> ids)
    {
        if (_normalizer is not null)
        {
            var state = new NormalizationState(piece.Length);
            string normalized = _normalizer.Normalize(piece.Span.ToString(), state);
            piece = new TextPiece(normalized, piece.IsFirst && state.KeepsStart);
        }
        if (_added.InNormalizedText.IsEmpty)
        {
            EncodePiece(piece, ids);
            return;
        }
        var segments = new List<AddedSegment>();
        _added.InNormalizedText.Split(piece.Span, segments);
        foreach (AddedSegment segment in segments)
        {
            if (segment.TokenId >= 0)
                ids.Add(segment.TokenId);
            else
                EncodePiece(piece.Slice(segment.Start, segment.End), ids);
        }
    }

    private void EncodePiece(in TextPiece piece, List<int> ids)
    {
        if (_preTokenizer is null)
        {
            _model.Encode(piece.Span, ids);
            return;
        }
        // An empty text has no pieces, even where the pre-tokenizer would put something before it.
        if (piece.Length == 0)
            return;
        var words = new List<TextPiece>();
        _preTokenizer.Split(in piece, words);
        foreach (TextPiece word in words)
            _model.Encode(word.Span, ids);
    }
}
