using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>What is quantized.</summary>
/// <param name="Weights">The unquantized weights.</param>
/// <param name="Plan">The tensors that the model has.</param>
/// <param name="Files">The checkpoint's files that go into the packed file as they are, by name, in the order in which they are written.</param>
/// <param name="Bytes">Bytes of the weights as the checkpoint stores them.</param>
public sealed record QuantizationSource(ITensorReader Weights, TensorPlan Plan, IReadOnlyList<KeyValuePair<string, byte[]>> Files, long Bytes)
{
    /// <summary>The network's configuration.</summary>
    public ModelConfig Config { get; } = ModelConfig.Parse(Files.First(file => file.Key == "config.json").Value);

    /// <summary>Paths of the files that hold the weights, by whose content runs are told apart; empty where the weights are in no file, which then cannot be cached.</summary>
    public IReadOnlyList<string> WeightFiles { get; init; } = [];
}
