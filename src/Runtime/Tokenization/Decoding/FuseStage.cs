namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>Makes all tokens one.</summary>
internal sealed class FuseStage(DecodeStage next) : DecodeStage
{
    public override void Append(ReadOnlySpan<char> text) => next.Append(text);

    public override void EndToken()
    {
    }

    public override void Finish()
    {
        next.EndToken();
        next.Finish();
    }
}
