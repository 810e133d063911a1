using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>Spreads the units of a model over the parts of a run, so that the parts take about equally long.</summary>
internal static class PartDistribution
{
    /// <summary>The units of one part in file order; at least one.</summary>
    /// <param name="plan">The model.</param>
    /// <param name="part">The part.</param>
    /// <remarks>The longest unit first, each to the part that has the least to do so far, ties to the earlier unit and the earlier part: every part finds the same distribution by itself.</remarks>
    /// <exception cref="MoEQuantException">MOEQ3085: there are more parts than units.</exception>
    public static IReadOnlyList<ModelUnit> UnitsOf(TensorPlan plan, PartNumber part)
    {
        IReadOnlyList<ModelUnit> units = ModelUnit.All(plan);
        if (part.Count > units.Count)
            throw new MoEQuantException(PartDiagnostics.TooManyParts,
                $"--part is {part}; the model has {units.Count} pieces: the embedding, {plan.Layers.Count} {(plan.Layers.Count == 1 ? "layer" : "layers")}, and the tail of final norm and head.");
        long[] efforts = new long[part.Count];
        List<ModelUnit> own = [];
        foreach (ModelUnit unit in units.OrderByDescending(unit => unit.Effort))
        {
            int least = Array.IndexOf(efforts, efforts.Min());
            efforts[least] += Math.Max(unit.Effort, 1);
            if (least == part.Number - 1)
                own.Add(unit);
        }

        return [.. own.OrderBy(unit => unit.Index)];
    }
}
