using System.Text.Json;
using System.Text;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Models;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>Reads the list of merges, each as <c>"left right"</c> or <c>["left", "right"]</c>.</summary>
/// <param name="vocabulary">The tokens that merges name.</param>
/// <param name="continuingPrefix">What the right token begins with and loses when merged.</param>
internal sealed class MergeListReader(Vocabulary vocabulary, string continuingPrefix)
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(continuingPrefix);
    private readonly MergeTable _merges = new(vocabulary.Count);
    private readonly TokenText _text = new();
    private byte[] _joined = new byte[256];
    private int _rank;

    /// <param name="reader">Stands on the begin of the list; stands on its end afterwards.</param>
    public MergeTable Read(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
                AddString(_text.Read(in reader));
            else if (reader.TokenType == JsonTokenType.StartArray)
                AddPair(ref reader);
            else
                throw Malformed(reader.TokenType.ToString());
        }
        return _merges;
    }

    private void AddString(ReadOnlySpan<byte> merge)
    {
        // Lists taken over from merges.txt can still have its first line.
        if (merge.StartsWith("#version"u8))
            return;
        int space = merge.IndexOf((byte)' ');
        if (space < 0 || merge[(space + 1)..].Contains((byte)' '))
            throw Malformed($"\"{Encoding.UTF8.GetString(merge)}\"");
        Reserve(merge.Length);
        merge[..space].CopyTo(_joined);
        merge[(space + 1)..].CopyTo(_joined.AsSpan(space));
        Add(space, merge.Length - 1);
    }

    private void AddPair(ref Utf8JsonReader reader)
    {
        int left = 0;
        int length = 0;
        for (int i = 0; i < 2; i++)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                throw Malformed($"a list with {reader.TokenType} in place {i}");
            ReadOnlySpan<byte> token = _text.Read(in reader);
            Reserve(length + token.Length);
            token.CopyTo(_joined.AsSpan(length));
            length += token.Length;
            left = i == 0 ? length : left;
        }
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
            throw Malformed("a list of more than two");
        Add(left, length);
    }

    private void Add(int leftLength, int length)
    {
        Span<byte> joined = _joined.AsSpan(0, length);
        int left = Find(joined[..leftLength]);
        int right = Find(joined[leftLength..]);
        int merged;
        if (_prefix.Length == 0)
            merged = Find(joined);
        else if (joined[leftLength..].StartsWith(_prefix))
            merged = Find([.. joined[..leftLength], .. joined[(leftLength + _prefix.Length)..]]);
        else
            throw Malformed($"the pair of \"{Encoding.UTF8.GetString(joined[..leftLength])}\" and \"{Encoding.UTF8.GetString(joined[leftLength..])}\", "
                + $"whose second does not begin with \"{continuingPrefix}\"");
        _merges.Add(left, right, _rank++, merged);
    }

    private int Find(ReadOnlySpan<byte> token) => vocabulary.TryGetId(token, out int id)
        ? id
        : throw new MoEQuantException(TokenizerDiagnostics.MergeTokenUnknown,
            $"Merge {_rank} needs the token \"{Encoding.UTF8.GetString(token)}\", which the vocabulary does not have.");

    private void Reserve(int length)
    {
        if (_joined.Length < length)
            Array.Resize(ref _joined, Math.Max(length, _joined.Length * 2));
    }

    private MoEQuantException Malformed(string found) =>
        new(TokenizerDiagnostics.MergeMalformed, $"Merge {_rank} is {found}, expected two tokens.");
}
