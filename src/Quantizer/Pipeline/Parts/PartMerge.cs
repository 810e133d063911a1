using System.Diagnostics;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Caching;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>Makes the packed file of a run from its parts, byte for byte as one run makes it. The checkpoint is not needed, and one tensor at a time is in memory.</summary>
/// <param name="parts">The parts; they stay the caller's.</param>
internal sealed class PartMerge(PartSet parts)
{
    /// <summary>Tries out the packed file before it gets its name; or null.</summary>
    public IPackedModelReview? Review { get; init; }

    /// <summary>Merges.</summary>
    /// <param name="path">The packed file to make; an existing one is replaced at the end.</param>
    /// <param name="progress">Follows the merge; or null.</param>
    /// <param name="cancellationToken">Ends the merge; nothing is left behind.</param>
    /// <exception cref="MoEQuantException">MOEQ3087, MOEQ3088: a part cannot be read to its end; MOEQ502x: the file cannot be written; or the review refuses the model.</exception>
    /// <exception cref="OperationCanceledException">The merge was cancelled.</exception>
    public QuantizationResult Run(string path, IQuantizationProgress? progress = null, CancellationToken cancellationToken = default)
    {
        PartFile first = parts.Files[0];
        IReadOnlyList<KeyValuePair<string, byte[]>> files = first.ReadFiles();
        byte[] config = files.FirstOrDefault(file => file.Key == "config.json").Value
            ?? throw new MoEQuantException(PartDiagnostics.NoPart, "The first part does not hold the model's config.json.", first.Path);
        TensorPlan plan = TensorPlan.For(ModelConfig.Parse(config, first.Path));
        IReadOnlyList<ModelUnit> units = ModelUnit.All(plan);
        QuantizationStatistics statistics = new();
        UnitProgress follow = new(progress, units, plan.Layers.Count);
        using PackedAssembly file = new(path, plan, files, first.Head.SourceBytes, parts.Options, statistics);
        foreach (ModelUnit unit in units)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            (PartFile part, PartUnit place) = Find(unit);
            part.Read(place, segment =>
            {
                RequireTensors(unit, segment, part.Path);
                foreach (SegmentTensor tensor in segment.ReadTensors())
                    file.Write(tensor);
                statistics.Add(unit, segment.Statistics, segment.TensorStatistics, Stopwatch.GetElapsedTime(start).TotalSeconds, []);
            });
            follow.Complete(unit, statistics.LayerError(unit.Layer));
        }

        statistics.MeasureMemory();
        return file.Finish(Review, cancellationToken);
    }

    private (PartFile Part, PartUnit Place) Find(ModelUnit unit)
    {
        foreach (PartFile part in parts.Files)
            if (Array.Find(part.Head.Units, candidate => candidate.Index == unit.Index) is { } place)
                return (part, place);
        throw new MoEQuantException(PartDiagnostics.NoPart, $"{unit.Title} is in none of the {parts.Files.Count} parts.", parts.Files[0].Path);
    }

    private static void RequireTensors(ModelUnit unit, SegmentReader segment, string path)
    {
        if (!segment.TensorStatistics.Select(tensor => tensor.Name).SequenceEqual(unit.Tensors.Select(tensor => tensor.Name)))
            throw new MoEQuantException(PartDiagnostics.NoPart, $"{unit.Title} in the file does not have the tensors of the model.", path);
    }
}
