using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;

/// <summary>
/// Rotates a whole model by block Hadamard matrices (QuaRot, arXiv 2404.00456; blocks as in DuQuant, arXiv 2406.01721) so that outlier channels spread over their block. RmsNorm commutes with a
/// rotation once its weight is 1, so every norm's weight moves into the columns of its readers first. Norms over queries and keys, clipping and rotary embedding act on projections' outputs and
/// do not notice.
/// </summary>
internal sealed class ModelRotation
{
    private const int SmallestInnerBlock = 32;
    private const int LargestInnerBlock = 128;

    private readonly ModelConfig _config;
    private readonly TensorPlan _plan;
    private readonly ITensorReader _weights;
    private readonly RotationOptions _options;

    private ModelRotation(ModelConfig config, TensorPlan plan, ITensorReader weights, RotationOptions options)
    {
        _config = config;
        _plan = plan;
        _weights = weights;
        _options = options;
    }

    /// <summary>The transform of all tensors. Reads the norms and nothing else.</summary>
    /// <exception cref="MoEQuantException">MOEQ3070: the residual stream is to be rotated, and the head is the embedding. The final norm's weight then has nowhere to go.</exception>
    public static LayerTransform Create(ModelConfig config, TensorPlan plan, ITensorReader weights, RotationOptions options) =>
        new ModelRotation(config, plan, weights, options).Build();

    /// <summary>The block by which the runtime rotates the inputs of a down projection of some inner width; 1 for none: the packed format knows blocks of 32, 64 and 128.</summary>
    public static int InnerBlockOf(int width, RotationOptions options)
    {
        int block = BlockHadamard.LargestBlock(width, Math.Min(options.LargestBlock, LargestInnerBlock));
        return options.Inner && block >= SmallestInnerBlock ? block : 1;
    }

    private LayerTransform Build()
    {
        LayerTransform transform = new();
        if (_options.Residual)
            RotateResidual(transform);
        foreach (LayerPlan layer in _plan.Layers)
        {
            if (_options.Values && ValueChannels.MayChange(_config))
            {
                int block = BlockHadamard.LargestBlock(_config.HeadDimension, _options.LargestBlock);
                transform.Connect(new BlockHadamard(_config.KeyValueSize, block), LayerSmoothing.WithBias(layer.Value), []);
                transform.Connect(new BlockHadamard(_config.QuerySize, block), [], [layer.Output.Weight]);
            }

            foreach (GatedMlpPlan network in layer.Networks().Where(network => InnerBlockOf(network.Down.Columns, _options) > 1))
                transform.Connect(new BlockHadamard(network.Down.Columns, InnerBlockOf(network.Down.Columns, _options)), [], [network.Down]);
        }

        return transform;
    }

    private void RotateResidual(LayerTransform transform)
    {
        if (_plan.Head is null)
            throw new MoEQuantException(RotationDiagnostics.TiedEmbeddings, "The model's config.json ties the output head to the embedding (tie_word_embeddings).");
        BlockHadamard rotation = new(_config.HiddenSize, BlockHadamard.LargestBlock(_config.HiddenSize, _options.LargestBlock));
        // The embedding's rows are residual vectors themselves; an orthogonal map is its own dual, so rotating the rows is right for them too.
        transform.Connect(rotation, [], [_plan.Embedding]);
        foreach (LayerPlan layer in _plan.Layers)
        {
            Fold(transform, layer.InputNorm, LayerSmoothing.AttentionReaders(layer));
            Fold(transform, layer.PostAttentionNorm, LayerSmoothing.FeedForwardReaders(layer));
            transform.Connect(
                rotation,
                [.. LayerSmoothing.WithBias(layer.Output), .. layer.Networks().Select(network => network.Down)],
                [.. LayerSmoothing.AttentionReaders(layer), .. LayerSmoothing.FeedForwardReaders(layer)]);
        }

        Fold(transform, _plan.FinalNorm, [_plan.Head]);
        transform.Connect(rotation, [], [_plan.Head]);
    }

    private void Fold(LayerTransform transform, PlannedTensor norm, IEnumerable<PlannedTensor> readers)
    {
        float[] weight = new float[norm.Rows];
        _weights.ReadRows(norm, 0, 1, weight);
        transform.Add(norm, new TensorTransform(Folded: true));
        transform.Connect(new ChannelScale(weight), [], readers);
    }
}
