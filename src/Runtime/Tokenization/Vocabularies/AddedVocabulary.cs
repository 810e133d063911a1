using MoEQuant.Runtime.Tokenization.Normalization;

namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>The added tokens of a tokenizer. Immutable, safe for concurrent use.</summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<int, string> _decodedText = [];

    /// <param name="tokens">The tokens, free of contradictions.</param>
    /// <param name="normalizer">The normalizer of the tokenizer, or null.</param>
    public AddedVocabulary(IEnumerable<AddedToken> tokens, Normalizer? normalizer)
    {
        var literal = new List<(string Text, AddedToken Token)>();
        var normalized = new List<(string Text, AddedToken Token)>();
        List<AddedToken> ascending = [.. tokens];
        ascending.Sort((a, b) => a.Id.CompareTo(b.Id));
        foreach (AddedToken token in ascending)
        {
            _byContent.Add(token.Content, token);
            _byId.Add(token.Id, token);
            EndId = token.Id + 1;
            if (!token.Normalized)
            {
                literal.Add((token.Content, token));
                continue;
            }
            string text = normalizer?.Normalize(token.Content, new NormalizationState(token.Content.Length)) ?? token.Content;
            if (text.Length > 0)
                normalized.Add((text, token));
            if (text != token.Content)
                _decodedText.Add(token.Id, text);
        }
        InText = new AddedTokenMatcher(literal);
        InNormalizedText = new AddedTokenMatcher(normalized);
    }

    /// <summary>Finds the tokens that are searched for in the text as given.</summary>
    public AddedTokenMatcher InText { get; }

    /// <summary>Finds the tokens that are searched for in the normalized text.</summary>
    public AddedTokenMatcher InNormalizedText { get; }

    /// <summary>The largest id plus one, or 0.</summary>
    public int EndId { get; }

    public AddedToken? Find(string content) => _byContent.GetValueOrDefault(content);

    public AddedToken? Find(int id) => _byId.GetValueOrDefault(id);

    /// <summary>What a token gives to the decoder: its content, normalized where it is searched for in normalized text, because the decoder may undo the normalization.</summary>
    public string DecodedText(AddedToken token) => _decodedText.GetValueOrDefault(token.Id, token.Content);
}
