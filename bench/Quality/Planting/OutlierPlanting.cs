using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quality.Planting;

/// <summary>
/// Gives a small model the outlier channels of a large one: behind every norm a few channels are 20 to 60 times as large (norm weight · c) and their readers' columns as much smaller (/ c).
/// The same function, but hard to quantize.
/// </summary>
internal static class OutlierPlanting
{
    /// <summary>Outlier channels behind each norm.</summary>
    public const int ChannelsPerNorm = 4;

    private const double Smallest = 20;
    private const double Largest = 60;

    /// <summary>Writes the planted checkpoint.</summary>
    /// <param name="source">A checkpoint folder.</param>
    /// <param name="destination">The folder to write.</param>
    /// <param name="seed">Decides channels and factors.</param>
    public static void Write(string source, string destination, int seed)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(source);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig());
        TensorPlan plan = TensorPlan.For(config);
        CheckpointCopy.Write(folder, plan, new TransformedReader(new CheckpointReader(folder), Transform(config, plan, seed)), destination);
    }

    private static LayerTransform Transform(ModelConfig config, TensorPlan plan, int seed)
    {
        Random random = new(seed);
        LayerTransform transform = new();
        foreach (LayerPlan layer in plan.Layers)
        {
            transform.SmoothAttentionInput(layer, Factors(config.HiddenSize, random));
            transform.SmoothFeedForwardInput(layer, Factors(config.HiddenSize, random));
        }

        return transform;
    }

    /// <summary>Smoothing backwards: 1 / c for the chosen channels.</summary>
    private static float[] Factors(int channels, Random random)
    {
        float[] scales = new float[channels];
        Array.Fill(scales, 1f);
        for (int i = 0; i < ChannelsPerNorm; i++)
            scales[random.Next(channels)] = (float)(1 / (Smallest + ((Largest - Smallest) * random.NextDouble())));
        return scales;
    }
}
