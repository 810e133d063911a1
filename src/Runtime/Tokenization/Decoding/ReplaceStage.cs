using MoEQuant.Runtime.Tokenization.Normalization;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>Replaces the matches of a pattern within each token.</summary>
internal sealed class ReplaceStage(ReplaceNormalizer replace, DecodeStage next) : WholeTokenStage(next)
{
    protected override void Process(string token)
    {
        bool keepsStart = true;
        Pass(replace.Normalize(token, ref keepsStart));
    }
}
