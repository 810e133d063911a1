using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>The residual stream of all calibration tokens between two layers: [tokens, hidden size] floats, the one state that calibration carries from layer to layer.</summary>
internal sealed class HiddenStates
{
    private readonly float[] _values;
    private readonly int _width;

    private HiddenStates(TokenSequences sequences, int width, float[] values)
    {
        Sequences = sequences;
        _width = width;
        _values = values;
    }

    /// <summary>The tokens.</summary>
    public TokenSequences Sequences { get; }

    /// <summary>Looks the tokens up in an embedding: the stream in front of layer 0.</summary>
    public static HiddenStates Embed(TokenSequences sequences, ModelConfig config, IWeightSource source)
    {
        LinearWeights embedding = source.GetLinear(TensorPlan.For(config).Embedding);
        HiddenStates states = new(sequences, config.HiddenSize, new float[checked(sequences.TokenCount * config.HiddenSize)]);
        for (int sequence = 0; sequence < sequences.Count; sequence++)
            for (int i = 0; i < sequences[sequence].Length; i++)
                embedding.ReadRow(sequences[sequence][i], states.Row(sequences.Start(sequence) + i));
        return states;
    }

    /// <summary>The stream of one token.</summary>
    public Span<float> Row(int token) => _values.AsSpan(token * _width, _width);

    /// <summary>The stream of one sequence, [tokens, hidden size].</summary>
    public Span<float> Sequence(int sequence) => _values.AsSpan(Sequences.Start(sequence) * _width, Sequences[sequence].Length * _width);

    /// <summary>Writes the stream: tokens × hidden size floats, little-endian.</summary>
    public void Save(Stream destination) => destination.Write(MemoryMarshal.AsBytes(_values.AsSpan()));

    /// <summary>Reads back what <see cref="Save"/> wrote.</summary>
    /// <exception cref="EndOfStreamException">There is less.</exception>
    public void Restore(Stream source) => source.ReadExactly(MemoryMarshal.AsBytes(_values.AsSpan()));

    /// <summary>The mean over the tokens of the squared length of the stream.</summary>
    public double MeanSquare()
    {
        double sum = 0;
        for (int token = 0; token < Sequences.TokenCount; token++)
            sum += TensorPrimitives.SumOfSquares<float>(Row(token));
        return sum / Sequences.TokenCount;
    }

    /// <summary>Refuses NaN and infinity.</summary>
    /// <param name="layer">The layer behind which the stream stands.</param>
    /// <param name="network">Which network the stream belongs to: <c>original</c> or <c>quantized</c>.</param>
    /// <exception cref="MoEQuantException">MOEQ3055.</exception>
    public void RequireFinite(int layer, string network)
    {
        int index = FloatConversion.IndexOfNonFinite(_values);
        if (index >= 0)
        {
            throw new MoEQuantException(CalibrationDiagnostics.StreamNotFinite,
                $"Behind layer {layer} of the {network} network, channel {index % _width} of calibration token {index / _width} is {_values[index]}.");
        }
    }

    /// <summary>An independent copy.</summary>
    public HiddenStates Clone() => new(Sequences, _width, [.. _values]);

    /// <summary>Moves the stream through a layer, or through a half of it.</summary>
    /// <param name="executor">The layer; its longest sequence is at least ours.</param>
    /// <param name="part">What to run.</param>
    /// <param name="capture">Keeps what the layer's matrices see; or null.</param>
    /// <param name="cancellationToken">Looked at between sequences.</param>
    public void Advance(LayerExecutor executor, LayerPart part, LayerCapture? capture, CancellationToken cancellationToken)
    {
        for (int sequence = 0; sequence < Sequences.Count; sequence++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            capture?.FirstToken = Sequences.Start(sequence);
            Run(executor, part, Sequence(sequence), capture);
        }
    }

    /// <summary>As <see cref="Advance"/>, but the stream stays where it is.</summary>
    public void Observe(LayerExecutor executor, LayerPart part, LayerCapture capture, CancellationToken cancellationToken)
    {
        float[] scratch = new float[Sequences.LongestLength * _width];
        for (int sequence = 0; sequence < Sequences.Count; sequence++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            capture.FirstToken = Sequences.Start(sequence);
            Span<float> copy = scratch.AsSpan(0, Sequence(sequence).Length);
            Sequence(sequence).CopyTo(copy);
            Run(executor, part, copy, capture);
        }
    }

    private static void Run(LayerExecutor executor, LayerPart part, Span<float> hidden, LayerCapture? capture)
    {
        switch (part)
        {
            case LayerPart.AttentionInput:
                executor.ObserveAttentionInput(hidden, capture!);
                break;
            case LayerPart.Attention:
                executor.ForwardAttention(hidden, capture);
                break;
            case LayerPart.FeedForwardInput:
                executor.ObserveFeedForwardInput(hidden, capture!);
                break;
            case LayerPart.FeedForward:
                executor.ForwardFeedForward(hidden, capture);
                break;
            default:
                executor.Forward(hidden, capture);
                break;
        }
    }
}
