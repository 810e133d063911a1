using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>The share of a layer that is done, by weights.</summary>
internal sealed class LayerProgress(IProgress<double> progress, LayerPlan plan)
{
    private readonly long _total = plan.Tensors.Sum(tensor => tensor.ElementCount);
    private long _done;

    /// <summary>A tensor is finished.</summary>
    public void Add(SegmentTensor tensor)
    {
        _done += tensor.Statistics.WeightCount;
        progress.Report((double)_done / _total);
    }
}
