using MoEQuant.Runtime.Tokenization.Decoding;

namespace MoEQuant.Runtime.Tokenization;

/// <summary>
/// Turns the tokens of one sequence into text as they come. What <see cref="Append"/> and <see cref="Flush"/> return, put together, is exactly what
/// <see cref="Tokenizer.Decode"/> returns for the whole sequence; half a character is never returned. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// Text comes as soon as it is certain. SentencePiece-like vocabularies write rare characters as single bytes; a run of these comes when another token ends it,
/// because one invalid byte in it makes replacement characters of all of them.
/// </remarks>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private DecodeStage _stages;
    private OutputStage _output;

    internal StreamingDecoder(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _stages = tokenizer.StartDecoding(out _output);
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Its id. An id that has no token is left out.</param>
    /// <returns>The text that is certain now; empty while a character is incomplete.</returns>
    public string Append(int id)
    {
        _tokenizer.AppendTo(_stages, id, _skipSpecialTokens);
        return _output.Take();
    }

    /// <summary>Ends the sequence. The decoder can then be used for another one.</summary>
    /// <returns>The text that was held back; an incomplete character becomes U+FFFD.</returns>
    public string Flush()
    {
        _stages.Finish();
        string rest = _output.Take();
        _stages = _tokenizer.StartDecoding(out _output);
        return rest;
    }
}
