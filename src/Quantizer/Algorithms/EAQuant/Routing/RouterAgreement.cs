using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>How far two routers choose the same experts.</summary>
internal static class RouterAgreement
{
    /// <summary>The mean over tokens of |A ∩ B| / k, where A and B are the k experts of the largest logits; among equals the lower index wins, as in the runtime.</summary>
    /// <param name="first">Logits, [tokens, experts].</param>
    /// <param name="second">Logits of the same shape.</param>
    /// <param name="topK">k, 1 to experts.</param>
    /// <param name="include">Tokens that count; null for all.</param>
    /// <returns>0 to 1; 1 when no token counts.</returns>
    public static double TopK(FloatMatrix first, FloatMatrix second, int topK, Func<int, bool>? include = null)
    {
        Span<int> a = stackalloc int[topK], b = stackalloc int[topK];
        long shared = 0, tokens = 0;
        for (int token = 0; token < first.Rows; token++)
        {
            if (include is not null && !include(token))
                continue;
            SelectLargest(first.Row(token), a);
            SelectLargest(second.Row(token), b);
            tokens++;
            shared += SharedExperts.Count(a, b);
        }

        return tokens == 0 ? 1 : (double)shared / (tokens * topK);
    }

    /// <summary>The indices of the largest values in falling order; as many as fit.</summary>
    public static void SelectLargest(ReadOnlySpan<float> values, Span<int> chosen)
    {
        for (int k = 0; k < chosen.Length; k++)
        {
            int best = -1;
            for (int i = 0; i < values.Length; i++)
            {
                if (!chosen[..k].Contains(i) && (best < 0 || values[i] > values[best]))
                    best = i;
            }

            chosen[k] = best;
        }
    }
}
