using MoEQuant.Runtime.Tokenization.Patterns;

namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Writes spaces as a visible character, puts one before the text, and splits before each, as SentencePiece does.</summary>
internal sealed class MetaspacePreTokenizer : PreTokenizer
{
    private readonly string _replacement;
    private readonly PrependScheme _scheme;
    private readonly PatternSplitter? _splitter;

    /// <param name="replacement">The visible character, usually U+2581.</param>
    /// <param name="scheme">Which texts get one before them, if they do not begin with it.</param>
    /// <param name="split">Whether to split before each.</param>
    public MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool split)
    {
        _replacement = replacement;
        _scheme = scheme;
        _splitter = split ? new PatternSplitter(new LiteralPattern(replacement), SplitBehavior.MergedWithNext) : null;
    }

    public override void Split(in TextPiece piece, List<TextPiece> output)
    {
        string text = piece.Span.ToString().Replace(" ", _replacement, StringComparison.Ordinal);
        bool prepends = _scheme == PrependScheme.Always || _scheme == PrependScheme.First && piece.IsFirst;
        if (prepends && !text.StartsWith(_replacement, StringComparison.Ordinal))
            text = _replacement + text;
        var rewritten = new TextPiece(text, piece.IsFirst);
        if (_splitter is null)
            Add(in rewritten, output);
        else
            _splitter.Split(in rewritten, output);
    }
}
