using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;

/// <summary>The weights of another reader after a transform. Safe for concurrent calls.</summary>
/// <remarks>Where rows are mixed, whole blocks of rows are read for any of them: ask for many rows at once.</remarks>
internal sealed class TransformedReader(ITensorReader source, LayerTransform transform) : ITensorReader
{
    public void ReadRows(PlannedTensor tensor, int firstRow, int rowCount, Span<float> destination)
    {
        if (transform[tensor] is not { } change)
        {
            source.ReadRows(tensor, firstRow, rowCount, destination);
            return;
        }

        if (tensor.IsVector)
        {
            source.ReadRows(tensor, firstRow, rowCount, destination);
            change.ApplyTo(destination);
            return;
        }

        int block = change.Output?.BlockSize ?? 1;
        int first = firstRow / block * block;
        int end = (firstRow + rowCount + block - 1) / block * block;
        using FloatMatrix rows = Read(tensor, first, end - first);
        change.ApplyTo(rows, first);
        for (int row = 0; row < rowCount; row++)
            rows.Row(firstRow - first + row).CopyTo(destination.Slice(row * tensor.Columns, tensor.Columns));
    }

    public void Release(PlannedTensor tensor) => source.Release(tensor);

    private FloatMatrix Read(PlannedTensor tensor, int firstRow, int rowCount)
    {
        FloatMatrix rows = new(rowCount, tensor.Columns);
        try
        {
            for (int row = 0; row < rowCount; row++)
                source.ReadRows(tensor, firstRow + row, 1, rows.Row(row));
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }
}
