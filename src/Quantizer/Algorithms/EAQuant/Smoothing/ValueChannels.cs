using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>
/// Channels between the value and the output projection. Attention mixes positions, never channels, so a value channel may be scaled; with grouped heads one value channel is read by as
/// many output columns as query heads share the key-value head, and all of them get its scale.
/// </summary>
internal static class ValueChannels
{
    /// <summary>True when values pass attention linearly: clipping (<c>clip_qkv</c>) would cut a scaled value elsewhere.</summary>
    public static bool MayChange(ModelConfig config) => config.ClipQkv is null;

    /// <summary>The largest of the query heads that share a value channel.</summary>
    /// <param name="perQueryChannel">[<see cref="ModelConfig.QuerySize"/>], not negative.</param>
    /// <param name="config">The head counts.</param>
    /// <returns>[<see cref="ModelConfig.KeyValueSize"/>].</returns>
    public static float[] Collect(ReadOnlySpan<float> perQueryChannel, ModelConfig config)
    {
        float[] collected = new float[config.KeyValueSize];
        for (int channel = 0; channel < perQueryChannel.Length; channel++)
        {
            ref float value = ref collected[ValueChannelOf(channel, config)];
            value = Math.Max(value, perQueryChannel[channel]);
        }

        return collected;
    }

    /// <summary>Repeats a value per query head that reads it.</summary>
    /// <param name="perValueChannel">[<see cref="ModelConfig.KeyValueSize"/>].</param>
    /// <param name="config">The head counts.</param>
    /// <returns>[<see cref="ModelConfig.QuerySize"/>].</returns>
    public static float[] Spread(ReadOnlySpan<float> perValueChannel, ModelConfig config)
    {
        float[] spread = new float[config.QuerySize];
        for (int channel = 0; channel < spread.Length; channel++)
            spread[channel] = perValueChannel[ValueChannelOf(channel, config)];
        return spread;
    }

    private static int ValueChannelOf(int queryChannel, ModelConfig config)
    {
        (int head, int offset) = Math.DivRem(queryChannel, config.HeadDimension);
        return (head / (config.HeadCount / config.KeyValueHeadCount) * config.HeadDimension) + offset;
    }
}
