using System.Text.Json;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>Reads JSON strings as UTF-8 without making strings of them; a vocabulary has a hundred thousand.</summary>
internal sealed class TokenText
{
    private byte[] _buffer = new byte[256];

    /// <summary>The text of the string or property name that the reader stands on. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(ref readonly Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        if (_buffer.Length < reader.ValueSpan.Length)
            _buffer = new byte[reader.ValueSpan.Length];
        try
        {
            return _buffer.AsSpan(0, reader.CopyString(_buffer));
        }
        catch (InvalidOperationException e)
        {
            throw new MoEQuantException(TokenizerDiagnostics.PropertyInvalid,
                $"The string at byte {reader.TokenStartIndex} is not valid Unicode text.", null, e);
        }
    }
}
