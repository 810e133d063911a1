using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>The largest magnitude of each channel.</summary>
internal static class ChannelMaxima
{
    /// <summary>max over rows of |m[row, j]|: of captured activations [tokens, K], or of weights [outputs, K].</summary>
    public static float[] Of(FloatMatrix rows)
    {
        float[] maxima = new float[rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
            Include(rows.Row(row), maxima);
        return maxima;
    }

    /// <summary>As <see cref="Of(FloatMatrix)"/>, over some rows only: the tokens that one expert saw. No rows give zeros.</summary>
    public static float[] Of(FloatMatrix rows, ReadOnlySpan<int> selected)
    {
        float[] maxima = new float[rows.Columns];
        foreach (int row in selected)
            Include(rows.Row(row), maxima);
        return maxima;
    }

    /// <summary>Over the rows of several matrices that read the same channels: an expert's gate and up projections.</summary>
    public static float[] Of(params ReadOnlySpan<FloatMatrix> matrices)
    {
        float[] maxima = new float[matrices[0].Columns];
        foreach (FloatMatrix matrix in matrices)
            for (int row = 0; row < matrix.Rows; row++)
                Include(matrix.Row(row), maxima);
        return maxima;
    }

    /// <summary>maxima ← max(maxima, |values|), channel by channel: to go on counting over batches of tokens.</summary>
    public static void Include(ReadOnlySpan<float> values, Span<float> maxima)
    {
        if (values.Length != maxima.Length)
            throw new ArgumentException($"{values.Length} values do not fit {maxima.Length} channels.", nameof(values));
        for (int i = 0; i < maxima.Length; i++)
            maxima[i] = Math.Max(maxima[i], Math.Abs(values[i]));
    }
}
