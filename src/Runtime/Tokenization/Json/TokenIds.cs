using System.Text;
using System.Text.Json;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>The one place that says what is wrong with a token id.</summary>
internal static class TokenIds
{
    public static MoEQuantException Invalid(ReadOnlySpan<byte> token, ref readonly Utf8JsonReader reader) =>
        Invalid(Encoding.UTF8.GetString(token), reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : reader.TokenType.ToString());

    public static MoEQuantException Invalid(string token, string found) =>
        new(TokenizerDiagnostics.TokenIdInvalid, $"The token \"{token}\" has the id {found}, expected an integer from 0 to {VocabularyBuilder.IdLimit - 1}.");
}
