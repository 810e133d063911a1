using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>Finds out whether the merges ever join a metaspace to another character on its left.</summary>
internal static class WordBoundary
{
    private static ReadOnlySpan<byte> Metaspace => "▁"u8;

    /// <summary>True when every token of the vocabulary that has a metaspace has its metaspaces at the front. No token then spans a word boundary, so words can be encoded one by one.</summary>
    public static bool AlwaysHolds(Vocabulary vocabulary)
    {
        for (int id = 0; id < vocabulary.EndId; id++)
        {
            if (!vocabulary.Contains(id))
                continue;
            ReadOnlySpan<byte> text = vocabulary.Text(id);
            while (text.StartsWith(Metaspace))
                text = text[Metaspace.Length..];
            if (text.IndexOf(Metaspace) >= 0)
                return false;
        }
        return true;
    }
}
