using System.Buffers;
using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>Finds added tokens in text: the leftmost, of those the longest. Candidates are found by their first character, vectorized, and followed in a trie.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly SearchValues<char> _firstCharacters;
    // Node · 2^16 + character; a key of its own type would have the dictionary compiled at every start.
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<AddedToken?> _tokenAt = [null];

    /// <param name="patterns">The text to search for, not empty, and the token it stands for. Of equal texts the first counts.</param>
    public AddedTokenMatcher(IReadOnlyList<(string Text, AddedToken Token)> patterns)
    {
        foreach ((string text, AddedToken token) in patterns)
            Insert(text, token);
        char[] firstCharacters = new char[patterns.Count];
        for (int i = 0; i < firstCharacters.Length; i++)
            firstCharacters[i] = patterns[i].Text[0];
        _firstCharacters = SearchValues.Create(firstCharacters);
        IsEmpty = patterns.Count == 0;
    }

    public bool IsEmpty { get; }

    /// <summary>Splits text into added tokens and what lies between them.</summary>
    public void Split(ReadOnlySpan<char> text, List<AddedSegment> output)
    {
        int done = 0;
        for (int from = 0; TryFind(text, from, out int start, out int end, out AddedToken? token);)
        {
            // The search goes on behind the token itself, whether it counts or not, and whatever it swallows.
            from = end;
            if (token.SingleWord && (TouchesWordBefore(text, start) || TouchesWordBehind(text, end)))
                continue;
            if (token.LeftStrip)
                start = Math.Max(text[..start].TrimEnd().Length, done);
            if (token.RightStrip)
                end = text.Length - text[end..].TrimStart().Length;
            if (done < start)
                output.Add(new AddedSegment(done, start, -1));
            output.Add(new AddedSegment(start, end, token.Id));
            done = end;
        }
        if (done < text.Length)
            output.Add(new AddedSegment(done, text.Length, -1));
    }

    private bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AddedToken? token)
    {
        token = null;
        start = end = text.Length;
        while (!IsEmpty && from < text.Length)
        {
            int found = text[from..].IndexOfAny(_firstCharacters);
            if (found < 0)
                return false;
            start = from + found;
            int node = 0;
            for (int i = start; i < text.Length && _edges.TryGetValue(Edge(node, text[i]), out node);)
            {
                i++;
                if (_tokenAt[node] is { } hit)
                    (token, end) = (hit, i);
            }
            if (token is not null)
                return true;
            from = start + 1;
        }
        return false;
    }

    private void Insert(string text, AddedToken token)
    {
        int node = 0;
        foreach (char next in text)
        {
            if (!_edges.TryGetValue(Edge(node, next), out int child))
            {
                child = _tokenAt.Count;
                _tokenAt.Add(null);
                _edges.Add(Edge(node, next), child);
            }
            node = child;
        }
        _tokenAt[node] ??= token;
    }

    private static long Edge(int node, char next) => ((long)node << 16) | next;

    private static bool TouchesWordBefore(ReadOnlySpan<char> text, int index) =>
        index > 0 && CharacterClass.IsWordOrJoiner(CodePoints.Before(text, index, out _));

    private static bool TouchesWordBehind(ReadOnlySpan<char> text, int index) =>
        index < text.Length && CharacterClass.IsWordOrJoiner(CodePoints.At(text, index, out _));
}
