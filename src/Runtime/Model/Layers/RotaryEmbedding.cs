using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>
/// Rotary position embedding (Su et al., arXiv 2104.09864) in the half-split form that Hugging Face checkpoints use: feature i is paired with feature
/// i + d/2 and the pair is rotated by position · θ^(-2i/d).
/// </summary>
internal sealed class RotaryEmbedding
{
    private readonly double[] _frequencies;

    public RotaryEmbedding(int headDimension, double theta, double linearFactor)
    {
        _frequencies = new double[headDimension / 2];
        for (int i = 0; i < _frequencies.Length; i++)
            _frequencies[i] = Math.Pow(theta, -2.0 * i / headDimension) / linearFactor;
    }

    public static RotaryEmbedding For(ModelConfig config) => new(config.HeadDimension, config.RopeTheta, config.RopeLinearFactor);

    /// <summary>Computes the rotation of one position, shared by all heads and layers.</summary>
    public void FillRotation(int position, Span<float> cosines, Span<float> sines)
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            // In double precision: the angle reaches the context length, where a float keeps too few digits after the point.
            (double sine, double cosine) = Math.SinCos(position * _frequencies[i]);
            cosines[i] = (float)cosine;
            sines[i] = (float)sine;
        }
    }

    /// <summary>Rotates one head in place.</summary>
    public static void Rotate(Span<float> head, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        Span<float> first = head[..cosines.Length];
        Span<float> second = head.Slice(cosines.Length, cosines.Length);
        for (int i = 0; i < cosines.Length; i++)
        {
            float a = first[i], b = second[i];
            first[i] = (a * cosines[i]) - (b * sines[i]);
            second[i] = (b * cosines[i]) + (a * sines[i]);
        }
    }
}
