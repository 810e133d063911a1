using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>Measures smoothing scales on captured tokens instead of trusting a formula: a formula that helps activations can cost 3-bit weights more.</summary>
internal static unsafe class SmoothingTrial
{
    /// <summary>The strengths that are tried, <see cref="SmoothingScales.Weaken"/>; 0 leaves everything as it is and wins ties.</summary>
    private static readonly double[] Strengths = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>Picks the strength with the least output error.</summary>
    /// <param name="scales">s at full strength, [channels].</param>
    /// <param name="consumers">Everything that reads the channels and is quantized; none keep the full strength.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <returns>The chosen scales; all 1 at strength 0.</returns>
    public static float[] Choose(float[] scales, IReadOnlyList<TrialConsumer> consumers, INumericBackend backend)
    {
        if (consumers.Count == 0)
            return scales;
        double bestError = double.PositiveInfinity, bestStrength = 0;
        foreach (double strength in Strengths)
        {
            float[] candidate = SmoothingScales.Weaken(scales, strength);
            double error = consumers.Sum(consumer => consumer.Share * Error(consumer, candidate, backend));
            if (error < bestError)
                (bestError, bestStrength) = (error, strength);
        }

        return SmoothingScales.Weaken(scales, bestStrength);
    }

    /// <summary>Mean over the tokens of ‖Q(W S) Q(S⁻¹ x) − W x‖², weights rounded to nearest.</summary>
    public static double Error(TrialConsumer consumer, float[] scales, INumericBackend backend)
    {
        (FloatMatrix w, FloatMatrix x) = (consumer.Weights, consumer.Inputs);
        if (x.Rows == 0)
            return 0;
        ChannelScale map = new(scales);
        using FloatMatrix weights = Copy(w), inputs = Copy(x), rounded = new(w.Rows, w.Columns);
        map.ApplyDualToRowsOf(weights);
        map.ApplyToTokens(inputs);
        backend.QuantizeGroups(weights, consumer.Format.Weights, GroupSolver.RoundToNearest, null, rounded);
        if (consumer.Format.Activations is { } scheme)
            ActivationRounding.Round(inputs, scheme);
        using FloatMatrix transposed = Transpose(rounded), original = Transpose(w), difference = new(x.Rows, w.Rows);
        MatrixProduct.Add(x, original, difference);
        MatrixProduct.Subtract(inputs, transposed, difference);
        return DoubleSums.SquaredNorm(difference) / x.Rows;
    }

    private static FloatMatrix Copy(FloatMatrix source)
    {
        FloatMatrix copy = new(source.Rows, source.Columns);
        copy.CopyFrom(source);
        return copy;
    }

    private static FloatMatrix Transpose(FloatMatrix source)
    {
        FloatMatrix transposed = new(source.Columns, source.Rows);
        for (int row = 0; row < source.Rows; row++)
            for (int column = 0; column < source.Columns; column++)
                transposed.RowPointer(column)[row] = source.RowPointer(row)[column];
        return transposed;
    }
}
