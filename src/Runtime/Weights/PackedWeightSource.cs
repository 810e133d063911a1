using System.Runtime.InteropServices;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Weights;

/// <summary>The weights of a packed file (.moeq), used where they are mapped: nothing is copied but norms and biases.</summary>
public sealed unsafe class PackedWeightSource : IWeightSource
{
    private readonly PackedModelFile _file;
    private readonly ActivationPrecision _precision;

    /// <summary>Takes the weights from a packed file and disposes it with this source.</summary>
    /// <param name="file">The file.</param>
    /// <param name="precision">What happens to the inputs of the layers' matrices where the file leaves them in floating point.</param>
    public PackedWeightSource(PackedModelFile file, ActivationPrecision precision = ActivationPrecision.Exact)
    {
        _file = file;
        _precision = precision;
    }

    /// <inheritdoc/>
    public LinearWeights GetLinear(PlannedTensor tensor)
    {
        if (!_file.TryGetMatrix(tensor.Name, out PackedMatrixRecord record, out TensorEntry? entry))
            return GetPlainMatrix(tensor);
        if (record.Rows != tensor.Rows || record.Columns != tensor.Columns)
            throw WrongShape(tensor, $"[{record.Rows}, {record.Columns}]");

        var shape = new PackedShape(record.Rows, record.Columns, record.Bits, record.GroupSize, record.Symmetric);
        CheckSection(tensor, "weights", record.WeightBytes, shape.TotalBytes);
        byte* start = _file.Container.Region.Pointer(entry.Offset, entry.Length);
        LowRankFactor input = default, output = default;
        if (record.Rank > 0)
        {
            var inputShape = new FactorShape(record.Rank, record.Columns, record.CompensatorBits);
            var outputShape = new FactorShape(record.Rank, record.Rows, record.CompensatorBits);
            CheckSection(tensor, "input factor", record.InputFactorBytes, inputShape.TotalBytes);
            CheckSection(tensor, "output factor", record.OutputFactorBytes, outputShape.TotalBytes);
            input = new LowRankFactor(start + record.InputFactorOffset, inputShape);
            output = new LowRankFactor(start + record.OutputFactorOffset, outputShape);
        }

        return new PackedLinearWeights(new PackedMatrix(start, shape), input, output, record.Rank, Treatment(tensor, record));
    }

    /// <inheritdoc/>
    public float[] GetVector(PlannedTensor tensor)
    {
        TensorEntry entry = FindPlain(tensor);
        if (entry.Shape.Length != 1 || entry.Shape[0] != tensor.Rows)
            throw WrongShape(tensor, entry.ShapeText);
        return MemoryMarshal.Cast<byte, float>(_file.Container.Region.Span(entry.Offset, checked((int)entry.Length))).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private InputTreatment Treatment(PlannedTensor tensor, in PackedMatrixRecord record)
    {
        PackedActivations activations = record.Activations;
        bool asked = activations.Bits == 0 && _precision == ActivationPrecision.Int8 && tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear;
        return asked ? new InputTreatment(activations.RotationBlock, new ActivationScheme(8, record.GroupSize)) : InputTreatment.Of(activations);
    }

    private DenseWeights GetPlainMatrix(PlannedTensor tensor)
    {
        TensorEntry entry = FindPlain(tensor);
        if (entry.Shape.Length != 2 || entry.Shape[0] != tensor.Rows || entry.Shape[1] != tensor.Columns)
            throw WrongShape(tensor, entry.ShapeText);
        return new DenseWeights(new DenseMatrix(_file.Container.Region.Pointer(entry.Offset, entry.Length), DenseType.F32, tensor.Rows, tensor.Columns));
    }

    private TensorEntry FindPlain(PlannedTensor tensor) => _file.TryGetVector(tensor.Name, out TensorEntry? entry)
        ? entry
        : throw new MoEQuantException(RuntimeDiagnostics.TensorMissing, $"The tensor {tensor.Name}, which config.json calls for, is not in the file.", _file.Container.Region.Path);

    private void CheckSection(PlannedTensor tensor, string section, long found, long expected)
    {
        if (found != expected)
        {
            throw new MoEQuantException(RuntimeDiagnostics.SectionLength,
                $"The {section} of {tensor.Name} take {found} bytes, the layout needs {expected}.", _file.Container.Region.Path);
        }
    }

    private MoEQuantException WrongShape(PlannedTensor tensor, string found)
    {
        string expected = tensor.IsVector ? $"[{tensor.Rows}]" : $"[{tensor.Rows}, {tensor.Columns}]";
        return new(RuntimeDiagnostics.TensorShape, $"The tensor {tensor.Name} has shape {found}, config.json calls for {expected}.", _file.Container.Region.Path);
    }

}
