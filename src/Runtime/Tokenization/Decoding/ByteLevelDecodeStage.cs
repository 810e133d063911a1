using System.Text;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>Reads tokens in the byte-level alphabet as bytes, and the bytes of all tokens as UTF-8; invalid bytes become U+FFFD. The result is one token.</summary>
internal sealed class ByteLevelDecodeStage(DecodeStage next) : WholeTokenStage(next)
{
    // The framework's decoder keeps the begin of an incomplete character for the next call.
    private readonly System.Text.Decoder _utf8 = Encoding.UTF8.GetDecoder();

    public override void Finish()
    {
        Write([], flush: true);
        Next.EndToken();
        Next.Finish();
    }

    protected override void Process(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!ByteAlphabet.TryGetByte(token[i], out bytes[i]))
            {
                // A token with any other character stands for itself, as the special tokens of DeepSeek.
                Write(Encoding.UTF8.GetBytes(token), flush: false);
                return;
            }
        }
        Write(bytes, flush: false);
    }

    private void Write(ReadOnlySpan<byte> bytes, bool flush)
    {
        // An incomplete character that was kept can come out as up to three more.
        char[] text = new char[bytes.Length + 4];
        Next.Append(text.AsSpan(0, _utf8.GetChars(bytes, text, flush)));
    }
}
