using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Numerics;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary>Some rows of a matrix and the columns of all groups of one length there.</summary>
/// <param name="Weights">W.</param>
/// <param name="FirstRow">The first row.</param>
/// <param name="Rows">Rows.</param>
/// <param name="FirstColumn">The first column, which begins a group.</param>
/// <param name="Columns">A multiple of the group size, or fewer columns than one group.</param>
internal readonly record struct GroupBatch(FloatMatrix Weights, int FirstRow, int Rows, int FirstColumn, int Columns)
{
    /// <summary>The weights as [groups, columns of a group], row after row.</summary>
    public Tensor Upload(int groupSize, Device device) =>
        TensorTransfer.Upload(Weights, FirstRow, Rows, device).narrow(1, FirstColumn, Columns).reshape(-1, Math.Min(groupSize, Columns));

    /// <summary>Writes dequantized weights [groups, columns of a group].</summary>
    public void Store(Tensor values, FloatMatrix target)
    {
        (int firstRow, int firstColumn) = (FirstRow, FirstColumn);
        TensorTransfer.ForEachRow<float>(values.reshape(Rows, Columns), (row, source) => source.CopyTo(target.Row(firstRow + row)[firstColumn..]));
    }

    /// <summary>Writes scales and zero points [groups, 1] and codes [groups, columns of a group].</summary>
    public void Store(Tensor scales, Tensor zeroPoints, Tensor codes, QuantizedGroups target)
    {
        (int firstRow, int firstColumn, int count) = (FirstRow, FirstColumn, target.Scheme.GroupCount(target.Columns));
        int firstGroup = FirstColumn / target.Scheme.GroupSize;
        TensorTransfer.ForEachRow<float>(scales.reshape(Rows, -1), (row, source) => Convert(source, target.Scales.AsSpan((firstRow + row) * count + firstGroup)));
        TensorTransfer.ForEachRow<float>(zeroPoints.reshape(Rows, -1), (row, source) => Convert(source, target.ZeroPoints.AsSpan((firstRow + row) * count + firstGroup)));
        TensorTransfer.ForEachRow<byte>(codes.to_type(ScalarType.Byte).reshape(Rows, Columns), (row, source) => source.CopyTo(target.Codes.AsSpan((firstRow + row) * target.Columns + firstColumn)));
    }

    private static void Convert(ReadOnlySpan<float> source, Span<Half> target)
    {
        for (int i = 0; i < source.Length; i++)
            target[i] = (Half)source[i];
    }
}
