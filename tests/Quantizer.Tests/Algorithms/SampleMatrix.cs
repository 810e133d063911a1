using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Algorithms;

/// <summary>Trained matrices of the committed sample checkpoint.</summary>
internal static class SampleMatrix
{
    public static FloatMatrix Load(string name)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        PlannedTensor tensor = TensorPlan.For(ModelConfig.Parse(folder.ReadConfig())).Tensors.Single(t => t.Name == name);
        return WeightLoader.LoadRows(new CheckpointReader(folder), tensor, 0, tensor.Rows);
    }
}
