using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>A gated network and the tokens that it is calibrated on: a unit of work.</summary>
/// <param name="Plan">Its matrices.</param>
/// <param name="Tokens">Token indices; empty for all tokens of the layer.</param>
/// <param name="Weights">What each token counts; empty for 1.</param>
internal sealed record GatedNetwork(GatedMlpPlan Plan, int[] Tokens, float[] Weights)
{
    /// <summary>Bytes that quantizing it takes at most: five matrices of floats, covariance with factor and step of the wider input, and the inner activations of both streams.</summary>
    /// <param name="allTokens">Tokens of the layer.</param>
    public long WorkingBytes(int allTokens)
    {
        long wider = Math.Max(Plan.Gate.Columns, Plan.Down.Columns), tokens = Tokens.Length == 0 ? allTokens : Tokens.Length;
        return sizeof(float) * ((5 * Plan.Gate.ElementCount) + (6 * wider * wider) + (2 * tokens * Plan.Down.Columns));
    }
}
