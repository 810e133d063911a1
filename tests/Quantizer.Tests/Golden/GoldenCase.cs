namespace MoEQuant.Quantizer.Tests.Golden;

/// <summary>One prompt and what the reference made of it.</summary>
internal sealed record GoldenCase(
    string Prompt, int[] Ids, int[] GreedyContinuation, IReadOnlyDictionary<int, int[]> RouterLastToken, float[] LastLogits, double MeanNegativeLogLikelihood);
