using MoEQuant.Runtime.Tokenization.Normalization;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>Replaces the matches of a pattern within each token.</summary>
internal sealed class ReplaceStage(ReplaceNormalizer replace, DecodeStage next) : WholeTokenStage(next)
{
    protected override void Process(string token)
    {
        // The state has the limit of an empty text: however many of these follow each other, a token stays short.
        Pass(replace.Normalize(token, new NormalizationState(0)));
    }
}
