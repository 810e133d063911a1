using System.Text;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>The last step: collects the text.</summary>
/// <param name="separator">What to put between tokens.</param>
internal sealed class OutputStage(string separator) : DecodeStage
{
    private readonly StringBuilder _text = new();
    private bool _isBehindToken;

    public override void Append(ReadOnlySpan<char> text)
    {
        WriteSeparator();
        _text.Append(text);
    }

    public override void EndToken()
    {
        WriteSeparator();
        _isBehindToken = true;
    }

    public override void Finish()
    {
    }

    /// <summary>The text since the last call.</summary>
    public string Take()
    {
        string taken = _text.ToString();
        _text.Clear();
        return taken;
    }

    private void WriteSeparator()
    {
        if (_isBehindToken)
            _text.Append(separator);
        _isBehindToken = false;
    }
}
