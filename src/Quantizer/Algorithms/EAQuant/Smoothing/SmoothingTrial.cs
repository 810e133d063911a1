using MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>Measures smoothing scales on captured tokens instead of trusting a formula: a formula that helps activations can cost 3-bit weights more.</summary>
/// <param name="format">What is imitated.</param>
/// <param name="backend">The arithmetic.</param>
internal sealed unsafe class SmoothingTrial(TrialFormat format, INumericBackend backend)
{
    /// <summary>The strengths that are tried, <see cref="SmoothingScales.Weaken"/>; 0 leaves everything as it is and wins ties.</summary>
    private static readonly double[] Strengths = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>Picks the strength with the least output error.</summary>
    /// <param name="scales">s at full strength, [channels].</param>
    /// <param name="consumers">What reads the channels and is quantized; none keep the full strength.</param>
    /// <returns>The chosen scales; all 1 at strength 0.</returns>
    public float[] Choose(float[] scales, IReadOnlyList<TrialConsumer> consumers)
    {
        if (consumers.Count == 0)
            return scales;
        double[] errors = new double[Strengths.Length];
        foreach (TrialConsumer consumer in consumers)
        {
            using FloatMatrix weights = consumer.Load();
            for (int i = 0; i < Strengths.Length; i++)
                errors[i] += consumer.Share * Error(weights, consumer.Inputs, SmoothingScales.Weaken(scales, Strengths[i]));
        }

        return SmoothingScales.Weaken(scales, Strengths[Array.IndexOf(errors, errors.Min())]);
    }

    /// <summary>Mean over the tokens of ‖Q(W S) Q(S⁻¹ x) − W x‖², weights rounded to nearest.</summary>
    /// <param name="w">W, [outputs, channels].</param>
    /// <param name="x">Inputs, [tokens, channels].</param>
    /// <param name="scales">The diagonal of S.</param>
    public double Error(FloatMatrix w, FloatMatrix x, float[] scales)
    {
        if (x.Rows == 0)
            return 0;
        ChannelMap map = new ChannelScale(scales);
        if (format.Rotates && ModelRotation.InnerBlockOf(w.Columns, new RotationOptions()) is > 1 and int block)
            map = map.Then(new BlockHadamard(w.Columns, block));
        using FloatMatrix weights = Copy(w), inputs = Copy(x), rounded = new(w.Rows, w.Columns);
        map.ApplyDualToRowsOf(weights);
        map.ApplyToTokens(inputs);
        backend.QuantizeGroups(weights, format.Weights, GroupSolver.RoundToNearest, null, rounded);
        if (format.Activations is { } scheme)
            ActivationRounding.Round(inputs, scheme);
        using FloatMatrix transposed = Transpose(rounded), original = Transpose(w), difference = new(x.Rows, w.Rows);
        backend.AddProduct(x, original, difference);
        backend.SubtractProduct(inputs, transposed, difference);
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
