namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>Writes Metaspace's visible character as a space again, and leaves it out in the first token where encoding put one before the text.</summary>
/// <param name="replacement">The visible character.</param>
/// <param name="dropsInFirst">Whether it is left out in the first token.</param>
/// <param name="next">The step behind this one.</param>
internal sealed class MetaspaceStage(string replacement, bool dropsInFirst, DecodeStage next) : WholeTokenStage(next)
{
    private bool _isFirst = true;

    protected override void Process(string token)
    {
        Pass(token.Replace(replacement, _isFirst && dropsInFirst ? "" : " ", StringComparison.Ordinal));
        _isFirst = false;
    }
}
