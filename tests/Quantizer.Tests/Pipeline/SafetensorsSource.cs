using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Tests.Pipeline;

/// <summary>The weights of a one-file checkpoint, without the product's checkpoint reader: what the pipeline is tested on.</summary>
internal sealed unsafe class SafetensorsSource(string folder) : IWeightSource
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));

    public static QuantizationSource Open(string folder)
    {
        ModelConfig config = ModelConfig.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        return new(new SafetensorsSource(folder), TensorPlan.For(config),
            [.. new[] { "config.json", "tokenizer.json" }.Select(name => Path.Combine(folder, name)).Where(File.Exists).Select(path => KeyValuePair.Create(Path.GetFileName(path), File.ReadAllBytes(path)))],
            new FileInfo(Path.Combine(folder, "model.safetensors")).Length);
    }

    public LinearWeights GetLinear(PlannedTensor tensor) => new DenseWeights(Matrix(tensor.Name, tensor.Rows, tensor.Columns));

    public float[] GetVector(PlannedTensor tensor)
    {
        float[] values = new float[tensor.Rows];
        new DenseWeights(Matrix(tensor.Name, 1, tensor.Rows)).ReadRow(0, values);
        return values;
    }

    public void Dispose() => _file.Dispose();

    private DenseMatrix Matrix(string name, int rows, int columns)
    {
        Assert.IsTrue(_file.TryGetTensor(name, out TensorEntry? entry), name);
        DenseType type = entry.Type switch { TensorDataType.BF16 => DenseType.BF16, TensorDataType.F16 => DenseType.F16, _ => DenseType.F32 };
        return new(_file.Region.Pointer(entry.Offset, entry.Length), type, rows, columns);
    }
}
