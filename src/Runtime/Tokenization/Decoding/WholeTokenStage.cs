using System.Text;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>A step that looks at whole tokens.</summary>
/// <param name="next">The step behind this one.</param>
internal abstract class WholeTokenStage(DecodeStage next) : DecodeStage
{
    private readonly StringBuilder _token = new();

    protected DecodeStage Next => next;

    public sealed override void Append(ReadOnlySpan<char> text) => _token.Append(text);

    public sealed override void EndToken()
    {
        string token = _token.ToString();
        _token.Clear();
        Process(token);
    }

    public override void Finish() => next.Finish();

    /// <summary>Takes a whole token.</summary>
    protected abstract void Process(string token);

    /// <summary>Hands a whole token on.</summary>
    protected void Pass(ReadOnlySpan<char> token)
    {
        next.Append(token);
        next.EndToken();
    }
}
