using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Devices;

namespace MoEQuant.Runtime;

/// <summary>How a model is loaded and run.</summary>
public sealed record MoEModelOptions
{
    /// <summary>The longest context a model gets when <see cref="ContextLength"/> is not set, in tokens.</summary>
    public const int DefaultLongestContext = 4096;

    /// <summary>
    /// The context in tokens, prompt and answer together; at most what the model was made for. 0 (the default) takes what the model was made for, but not more
    /// than <see cref="DefaultLongestContext"/>. Memory for it is taken as the text grows.
    /// </summary>
    public int ContextLength { get; init; }

    /// <summary>Threads that compute, the calling one included; 0 (the default) takes one per processor.</summary>
    public int ThreadCount { get; init; }

    /// <summary>Tokens of a prompt that are computed together, 1 to 4096.</summary>
    public int PrefillBatch { get; init; } = 512;

    /// <summary>
    /// How a file whose activations are in floating point is computed. null (the default) is <see cref="ActivationPrecision.Int8"/> on the processor, about twice as fast, and
    /// <see cref="ActivationPrecision.Exact"/> on a device; docs/decisions/0011 has the effect on results and speed.
    /// </summary>
    public ActivationPrecision? ActivationPrecision { get; init; }

    /// <summary>How sessions keep keys and values; docs/decisions/0021 has the effect on results and memory.</summary>
    public KeyValuePrecision KeyValuePrecision { get; init; } = KeyValuePrecision.Float32;

    /// <summary>
    /// Whether opening a packed model reads all of it and compares its SHA-256 with the one it was written with; false (the default) reads nothing that is not used.
    /// A difference is MOEQ5011.
    /// </summary>
    public bool VerifyContent { get; init; }

    /// <summary>
    /// The device that the model runs on, with a copy of the weights in its memory; null (the default) runs it on this machine's processor, from the mapped file. The device stays its creator's, who disposes it
    /// after the model; models may share it. Models with quantized or rotated activations (MOEQ5062), <see cref="KeyValuePrecision.BFloat16"/> and observers (MOEQ5063) are refused there.
    /// </summary>
    public ComputeDevice? Device { get; init; }

    /// <summary>What <see cref="ActivationPrecision"/> comes to.</summary>
    internal ActivationPrecision Activations => ActivationPrecision ?? (Device is null ? Runtime.ActivationPrecision.Int8 : Runtime.ActivationPrecision.Exact);

    internal void Check(int maxPositions)
    {
        if (ContextLength < 0 || ContextLength > maxPositions)
            throw OutOfRange(nameof(ContextLength), ContextLength, $"0 to {maxPositions}");
        if (ThreadCount is < 0 or > 1024)
            throw OutOfRange(nameof(ThreadCount), ThreadCount, "0 to 1024");
        if (PrefillBatch is < 1 or > 4096)
            throw OutOfRange(nameof(PrefillBatch), PrefillBatch, "1 to 4096");
        if (ActivationPrecision is not (null or Runtime.ActivationPrecision.Exact or Runtime.ActivationPrecision.Int8))
            throw OutOfRange(nameof(ActivationPrecision), (int)ActivationPrecision, $"{Runtime.ActivationPrecision.Exact} or {Runtime.ActivationPrecision.Int8}");
        if (KeyValuePrecision is not (KeyValuePrecision.Float32 or KeyValuePrecision.BFloat16))
            throw OutOfRange(nameof(KeyValuePrecision), (int)KeyValuePrecision, $"{KeyValuePrecision.Float32} or {KeyValuePrecision.BFloat16}");
        if (Device is not null && KeyValuePrecision != KeyValuePrecision.Float32)
            throw new MoEQuantException(DeviceDiagnostics.NotOnDevices, $"KeyValuePrecision is {KeyValuePrecision}; on a device it is {KeyValuePrecision.Float32}.");
    }

    private static MoEQuantException OutOfRange(string name, int found, string range) =>
        new(RuntimeDiagnostics.OptionOutOfRange, $"{name} is {found}, allowed is {range}.");
}
