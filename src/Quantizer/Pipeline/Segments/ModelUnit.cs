using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>A part of a model that is made in one piece: the embedding, a layer, or the tail of final norm and head.</summary>
/// <param name="Index">The place in the file, from 0.</param>
/// <param name="Name"><c>embedding</c>, <c>layers</c> or <c>tail</c>: the phase whose time it counts to.</param>
/// <param name="Layer">The layer, or -1.</param>
/// <param name="Tensors">The tensors in file order.</param>
internal sealed record ModelUnit(int Index, string Name, int Layer, IReadOnlyList<PlannedTensor> Tensors)
{
    /// <summary>The unit in a message.</summary>
    public string Title => Layer >= 0 ? $"Layer {Layer + 1}" : Index == 0 ? "The embedding" : "The tail";

    /// <summary>About how long it takes, in units that only compare: a weight of a linear matrix takes as long as twenty that are only rounded.</summary>
    public long Effort => Tensors.Sum(tensor => tensor.ElementCount * (tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear ? 20 : 1));

    /// <summary>All units of a model in file order.</summary>
    public static IReadOnlyList<ModelUnit> All(TensorPlan plan) =>
    [
        new(0, "embedding", -1, [plan.Embedding]),
        .. plan.Layers.Select((layer, index) => new ModelUnit(index + 1, "layers", index, [.. layer.Tensors])),
        new(plan.Layers.Count + 1, "tail", -1, plan.Head is null ? [plan.FinalNorm] : [plan.FinalNorm, plan.Head]),
    ];
}
