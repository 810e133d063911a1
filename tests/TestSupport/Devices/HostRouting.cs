using MoEQuant.Kernels.Devices;

namespace MoEQuant.TestSupport.Devices;

/// <summary>A routing of a <see cref="HostDevice"/>: choices by token, and the slots that a stable sort by expert gives them.</summary>
internal sealed class HostRouting(HostDevice device, int maxTokens, int expertCount, int perToken)
    : DeviceRouting(device, maxTokens, expertCount, perToken, Bytes(maxTokens, perToken))
{
    /// <summary>[token, choice].</summary>
    public int[] Experts { get; } = new int[maxTokens * perToken];

    /// <summary>[token, choice].</summary>
    public float[] Weights { get; } = new float[maxTokens * perToken];

    /// <summary>The pair (token · choices + choice) in every slot.</summary>
    public int[] PairOfSlot { get; private set; } = [];

    public static long Bytes(int maxTokens, int perToken) => (long)maxTokens * perToken * 3 * sizeof(int);

    /// <summary>Chooses by definition, and sorts.</summary>
    public void Fill(DeviceRows logits, bool normalize)
    {
        for (int token = 0; token < logits.Count; token++)
        {
            double[] row = [.. HostBuffer.Row(logits, token).ToArray().Select(logit => (double)logit)];
            double largest = row.Max(), sum = row.Sum(logit => Math.Exp(logit - largest));
            int[] chosen = [.. Enumerable.Range(0, row.Length).OrderByDescending(expert => row[expert]).ThenBy(expert => expert).Take(ExpertsPerToken)];
            double kept = normalize ? chosen.Sum(expert => Math.Exp(row[expert] - largest)) : sum;
            for (int choice = 0; choice < chosen.Length; choice++)
            {
                Experts[(token * ExpertsPerToken) + choice] = chosen[choice];
                Weights[(token * ExpertsPerToken) + choice] = (float)(Math.Exp(row[chosen[choice]] - largest) / kept);
            }
        }

        PairOfSlot = [.. Enumerable.Range(0, logits.Count * ExpertsPerToken).OrderBy(pair => Experts[pair])];
    }

    protected override void Free()
    {
    }
}
