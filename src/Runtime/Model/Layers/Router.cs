using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>Chooses a token's experts: softmax over all experts, the k most probable, optionally renormalised to sum 1.</summary>
internal static class Router
{
    /// <summary>Selects experts in order of falling probability; among equals the lower index wins.</summary>
    /// <param name="logits">The router's outputs, one per expert; overwritten with probabilities.</param>
    /// <param name="normalize">Divide the chosen probabilities by their sum.</param>
    /// <param name="experts">Receives the chosen experts; its length is k.</param>
    /// <param name="weights">Receives their weights.</param>
    public static void Select(Span<float> logits, bool normalize, Span<int> experts, Span<float> weights)
    {
        VectorMath.SoftMax(logits, logits);
        for (int k = 0; k < experts.Length; k++)
        {
            int best = -1;
            for (int expert = 0; expert < logits.Length; expert++)
            {
                if (!IsChosen(experts, k, expert) && (best < 0 || logits[expert] > logits[best]))
                    best = expert;
            }

            experts[k] = best;
            weights[k] = logits[best];
        }

        if (normalize)
            VectorMath.Divide(weights, VectorMath.Sum(weights), weights);
    }

    private static bool IsChosen(ReadOnlySpan<int> experts, int count, int expert)
    {
        for (int k = 0; k < count; k++)
        {
            if (experts[k] == expert)
                return true;
        }

        return false;
    }
}
