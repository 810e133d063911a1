using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>Measures and uploads a model's weights, tensor by tensor, from where they are mapped. Owns what it uploaded.</summary>
internal sealed class DeviceLoader(IWeightSource source, ComputeDevice device) : IDisposable
{
    private readonly List<DeviceResource> _owned = [];

    public ComputeDevice Device => device;

    /// <summary>What the weights of a model will occupy, in bytes.</summary>
    /// <exception cref="MoEQuantException">A matrix wants its inputs treated in a way that devices do not know.</exception>
    public long MeasureWeights(TensorPlan plan) =>
        device.TableBytes(Operand(plan.Embedding)) + device.MatrixBytes(Operand(plan.Head ?? plan.Embedding)) + VectorBytes(plan.FinalNorm) + plan.Layers.Sum(MeasureLayer);

    public DeviceMatrix Table(PlannedTensor tensor) => Own(device.UploadTable(Operand(tensor)));

    public DeviceMatrix Matrix(PlannedTensor tensor) => Own(device.Upload(Operand(tensor)));

    public DeviceExperts Experts(IEnumerable<PlannedTensor> tensors) => Own(device.Upload(Operands(tensors)));

    public DeviceRows Vector(PlannedTensor tensor) => Rows(source.GetVector(tensor), 1);

    /// <summary>Uploads plain numbers.</summary>
    /// <param name="values">[rows, values per row].</param>
    /// <param name="rows">Rows.</param>
    public DeviceRows Rows(float[] values, int rows)
    {
        DeviceRows result = Own(device.Allocate(values.Length)).Rows(rows, values.Length / rows);
        lock (device.StepLock)
            device.Write(values, result);
        return result;
    }

    public void Dispose()
    {
        foreach (DeviceResource resource in _owned)
            resource.Dispose();
        _owned.Clear();
    }

    private long MeasureLayer(LayerPlan layer)
    {
        IEnumerable<PlannedTensor> experts = layer.Experts.SelectMany(expert => (PlannedTensor[])[expert.Gate, expert.Up, expert.Down]);
        IEnumerable<PlannedTensor> others = layer.Tensors.Except(experts);
        long bytes = others.Sum(tensor => tensor.IsVector ? VectorBytes(tensor) : device.MatrixBytes(Operand(tensor)));
        if (layer.Experts.Count == 0)
            return bytes;
        return bytes + device.ExpertsBytes(Operands(layer.Experts.Select(expert => expert.Gate)))
            + device.ExpertsBytes(Operands(layer.Experts.Select(expert => expert.Up)))
            + device.ExpertsBytes(Operands(layer.Experts.Select(expert => expert.Down)));
    }

    private static long VectorBytes(PlannedTensor tensor) => (long)tensor.Rows * sizeof(float);

    private LinearOperand[] Operands(IEnumerable<PlannedTensor> tensors) => [.. tensors.Select(Operand)];

    private LinearOperand Operand(PlannedTensor tensor)
    {
        LinearWeights weights = source.GetLinear(tensor);

        if (!weights.InputTreatment.IsNone)
            throw new MoEQuantException(DeviceDiagnostics.ActivationsUnsupported, $"The inputs of {tensor.Name} are to be {Describe(weights.InputTreatment)}.");
        return weights.Operand;
    }

    private static string Describe(in InputTreatment treatment)
    {
        string rotated = treatment.RotationBlock > 0 ? $"rotated in blocks of {treatment.RotationBlock}" : "";
        string quantized = treatment.Quantization is { } scheme ? $"quantized to {scheme.Bits} bits" : "";
        return rotated.Length > 0 && quantized.Length > 0 ? $"{rotated} and {quantized}" : rotated + quantized;
    }

    private T Own<T>(T resource)
        where T : DeviceResource
    {
        _owned.Add(resource);
        return resource;
    }
}
