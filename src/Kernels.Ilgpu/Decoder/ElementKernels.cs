using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Operations on single numbers, a thread each.</summary>
internal static class ElementKernels
{
    /// <summary>y += x.</summary>
    public static void Add(ArrayView<float> x, ArrayView<float> y)
    {
        long index = Index;
        if (index < y.Length)
            y[index] += x[index];
    }

    /// <summary>y[t] += bias.</summary>
    public static void AddBias(ArrayView<float> bias, ArrayView<float> y)
    {
        long index = Index;
        if (index < y.Length)
            y[index] += bias[index % bias.Length];
    }

    /// <summary>Limits y to [−limit, limit].</summary>
    public static void Clamp(ArrayView<float> y, float limit)
    {
        long index = Index;
        if (index >= y.Length)
            return;
        float value = y[index];
        y[index] = value > limit ? limit : value < -limit ? -limit : value;
    }

    /// <summary>inner = silu(gate) · up.</summary>
    public static void Activate(ArrayView<float> gate, ArrayView<float> up, ArrayView<float> inner)
    {
        long index = Index;
        if (index < inner.Length)
            inner[index] = DeviceMath.Silu(gate[index]) * up[index];
    }

    /// <summary>y[t] += Σ_k weight(t, k) · slots[slot of (t, k)].</summary>
    /// <param name="slotOfPair">The slot of each pair, [tokens, k].</param>
    /// <param name="weights">The weight of each pair.</param>
    /// <param name="slots">[slots, columns].</param>
    /// <param name="y">[tokens, columns].</param>
    /// <param name="columns">Numbers per row.</param>
    /// <param name="perToken">k.</param>
    public static void Combine(ArrayView<int> slotOfPair, ArrayView<float> weights, ArrayView<float> slots, ArrayView<float> y, int columns, int perToken)
    {
        long index = Index;
        if (index >= y.Length)
            return;
        long token = index / columns, column = index - (token * columns);
        float sum = y[index];
        for (long pair = token * perToken; pair < (token + 1) * perToken; pair++)
            sum += weights[pair] * slots[((long)slotOfPair[pair] * columns) + column];
        y[index] = sum;
    }

    private static long Index => ((long)Grid.IdxX * Group.DimX) + Group.IdxX;
}
