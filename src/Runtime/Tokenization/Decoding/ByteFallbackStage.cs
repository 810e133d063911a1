using System.Globalization;
using System.Text;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>
/// Reads tokens such as <c>&lt;0xE2&gt;</c> as bytes. A run of them is text where the whole run is valid UTF-8, else each byte becomes U+FFFD; so a run is handed
/// on when it ends.
/// </summary>
internal sealed class ByteFallbackStage(DecodeStage next) : WholeTokenStage(next)
{
    private const int TokenLength = 6;
    private readonly List<byte> _run = [];

    public override void Finish()
    {
        EndRun();
        base.Finish();
    }

    protected override void Process(string token)
    {
        if (token.Length == TokenLength && token.StartsWith("<0x", StringComparison.Ordinal) && token[^1] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            _run.Add(value);
            return;
        }
        EndRun();
        Pass(token);
    }

    private void EndRun()
    {
        if (_run.Count == 0)
            return;
        byte[] bytes = [.. _run];
        _run.Clear();
        if (System.Text.Unicode.Utf8.IsValid(bytes))
            Pass(Encoding.UTF8.GetString(bytes));
        else
            foreach (byte _ in bytes)
                Pass("\uFFFD");
    }
}
