using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Walks calibration tokens through the original network, layer by layer, to measure something before anything is quantized.</summary>
internal static class SurveyWalk
{
    /// <summary>Means need far fewer tokens than covariances do.</summary>
    private const int LargestSequenceCount = 32;

    /// <summary>What is done behind each layer.</summary>
    /// <param name="layer">Index of the layer that was run.</param>
    /// <param name="capture">What its matrices saw; gone afterwards.</param>
    /// <param name="states">The stream behind it.</param>
    public delegate void Visitor(int layer, LayerCapture capture, HiddenStates states);

    /// <summary>Visits every layer in order.</summary>
    /// <param name="source">The model.</param>
    /// <param name="data">The calibration tokens; the first sequences are used, none of the reserve.</param>
    /// <param name="threadCount">Threads of the forward pass.</param>
    /// <param name="sites">What to keep of each layer.</param>
    /// <param name="visit">Called behind each layer.</param>
    /// <param name="cancellationToken">Looked at between sequences.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ3055: the network's stream is not finite.</exception>
    public static void Run(QuantizationSource source, CalibrationData data, int threadCount, LayerSite[] sites, Visitor visit, CancellationToken cancellationToken)
    {
        TokenSequences sequences = new([.. Enumerable.Range(0, Math.Min(data.PrimaryCount, LargestSequenceCount)).Select(i => data.Sequences[i].ToArray())]);
        using LayerWeights original = new(source.Weights);
        HiddenStates states = HiddenStates.Embed(sequences, source.Config, original);
        for (int layer = 0; layer < source.Plan.Layers.Count; layer++)
        {
            using LayerWeights weights = new(source.Weights);
            using LayerExecutor executor = new(source.Config, weights, layer, threadCount, sequences.LongestLength);
            using LayerCapture capture = new(source.Config, layer, sequences.TokenCount, sites);
            states.Advance(executor, LayerPart.Whole, capture, cancellationToken);
            states.RequireFinite(layer, "original");
            visit(layer, capture, states);
            foreach (PlannedTensor tensor in source.Plan.Layers[layer].Tensors)
                source.Weights.Release(tensor);
        }
    }
}
