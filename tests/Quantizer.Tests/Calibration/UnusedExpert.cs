using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Calibration;

/// <summary>An expert that no token reaches.</summary>
internal static class UnusedExpert
{
    /// <summary>Changes a <see cref="SmallCheckpoint"/>: channel 0 becomes positive for every token, and the expert's logit minus a thousand times it.</summary>
    public static void Plant(string folder, int layer, int expert)
    {
        CheckpointEdit.Change(folder, "model.embed_tokens.weight", values =>
        {
            for (int i = 0; i < values.Length; i += SmallCheckpoint.Hidden)
                values[i] = 1;
        });
        CheckpointEdit.Change(folder, $"model.layers.{layer}.mlp.gate.weight", values =>
        {
            values.AsSpan(expert * SmallCheckpoint.Hidden, SmallCheckpoint.Hidden).Clear();
            values[expert * SmallCheckpoint.Hidden] = -1000;
        });
    }
}
