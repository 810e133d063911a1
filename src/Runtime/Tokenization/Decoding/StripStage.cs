using System.Text;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>Removes a character from the begin and the end of each token, up to so many times.</summary>
/// <param name="content">The character.</param>
/// <param name="start">How many to remove at the begin at most.</param>
/// <param name="stop">How many to remove at the end at most.</param>
/// <param name="next">The step behind this one.</param>
internal sealed class StripStage(Rune content, int start, int stop, DecodeStage next) : DecodeStage
{
    private readonly string _content = content.ToString();
    private int _leading;       // how many were removed at the begin; start or more once the begin is over
    private int _trailing;      // how many were held back, because the token may end behind them

    public override void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && _leading < start)
        {
            if (text.StartsWith(_content))
            {
                text = text[_content.Length..];
                _leading++;
            }
            else
                _leading = start;
        }
        if (stop == 0)
        {
            if (!text.IsEmpty)
                next.Append(text);
            return;
        }
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune == content)
            {
                _trailing++;
                continue;
            }
            Release(_trailing);
            next.Append(rune.ToString());
        }
    }

    public override void EndToken()
    {
        Release(_trailing - Math.Min(_trailing, stop));
        _leading = _trailing = 0;
        next.EndToken();
    }

    public override void Finish() => next.Finish();

    private void Release(int count)
    {
        for (; count > 0; count--)
            next.Append(_content);
        _trailing = 0;
    }
}
