using System.Globalization;
using System.Text;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>Reads the added tokens and refuses those that contradict each other or the vocabulary.</summary>
internal static class AddedTokenReader
{
    // Longer ones do not exist, and searching takes as long as the text times the longest.
    private const int LongestContent = 1024;

    public static List<AddedToken> Read(JsonNode? node, Vocabulary vocabulary)
    {
        var tokens = new List<AddedToken>();
        var byContent = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        var byId = new Dictionary<int, AddedToken>();
        foreach (JsonNode item in node?.Items() ?? [])
        {
            AddedToken token = ReadToken(item);
            // An empty token can never be found; the reference drops it as well.
            if (token.Content.Length == 0 || byContent.TryGetValue(token.Content, out AddedToken? same) && same == token)
                continue;
            if (!byContent.TryAdd(token.Content, token))
                throw new MoEQuantException(TokenizerDiagnostics.TokenDuplicate, $"The added token \"{token.Content}\" is listed twice, with different settings.");
            if (!byId.TryAdd(token.Id, token))
                throw new MoEQuantException(TokenizerDiagnostics.TokenDuplicate,
                    $"The added tokens \"{byId[token.Id].Content}\" and \"{token.Content}\" both have the id {token.Id}.");
            CheckAgainst(vocabulary, token);
            tokens.Add(token);
        }
        return tokens;
    }

    private static AddedToken ReadToken(JsonNode node)
    {
        string content = node.Required("content").AsString();
        if (content.Length > LongestContent)
            throw new MoEQuantException(TokenizerDiagnostics.AddedTokenInvalid, $"{node.Location} has {content.Length} characters, expected at most {LongestContent}.");
        long id = node.Required("id").AsInteger();
        if (id is < 0 or >= VocabularyBuilder.IdLimit)
            throw TokenIds.Invalid(content, id.ToString(CultureInfo.InvariantCulture));
        bool special = node.Bool("special", false);
        return new AddedToken((int)id, content, node.Bool("single_word", false), node.Bool("lstrip", false), node.Bool("rstrip", false),
            node.Bool("normalized", !special), special);
    }

    private static void CheckAgainst(Vocabulary vocabulary, AddedToken token)
    {
        if (vocabulary.TryGetId(Encoding.UTF8.GetBytes(token.Content), out int id))
        {
            if (id != token.Id)
                throw new MoEQuantException(TokenizerDiagnostics.AddedTokenInvalid,
                    $"The added token \"{token.Content}\" has the id {token.Id}, but the vocabulary gives it the id {id}.");
        }
        else if (vocabulary.Contains(token.Id))
            throw new MoEQuantException(TokenizerDiagnostics.AddedTokenInvalid,
                $"The added token \"{token.Content}\" has the id {token.Id}, which the vocabulary gives to \"{Encoding.UTF8.GetString(vocabulary.Text(token.Id))}\".");
    }
}
