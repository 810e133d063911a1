using System.Globalization;
using System.Numerics.Tensors;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Reads weights as floats and refuses those that fp16 scales cannot carry.</summary>
internal static class WeightLoader
{
    /// <summary>The largest magnitude whose groups always have fp16 scales.</summary>
    private const float LargestWeight = 65504;

    // A reader that mixes rows, as a rotation does, reads a whole block of them for any one.
    private const int RowsAtOnce = 128;

    /// <summary>Reads consecutive rows of a matrix. Behind its last row the matrix is released: a checkpoint many times larger than memory passes through.</summary>
    /// <exception cref="MoEQuantException">MOEQ1049, and what the reader throws.</exception>
    public static FloatMatrix LoadRows(ITensorReader reader, PlannedTensor tensor, int firstRow, int rows)
    {
        FloatMatrix matrix = new(rows, tensor.Columns);
        try
        {
            float[] buffer = new float[Math.Min(rows, RowsAtOnce) * tensor.Columns];
            for (int first = 0; first < rows; first += RowsAtOnce)
            {
                int count = Math.Min(RowsAtOnce, rows - first);
                reader.ReadRows(tensor, firstRow + first, count, buffer.AsSpan(0, count * tensor.Columns));
                for (int row = 0; row < count; row++)
                {
                    buffer.AsSpan(row * tensor.Columns, tensor.Columns).CopyTo(matrix.Row(first + row));
                    Check(matrix.Row(first + row), tensor, firstRow + first + row);
                }
            }

            if (firstRow + rows == tensor.Rows)
                reader.Release(tensor);
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor that stays plain: a vector, or a small matrix. Single precision holds it as it is.</summary>
    public static float[] LoadPlain(ITensorReader reader, PlannedTensor tensor)
    {
        float[] values = new float[checked((int)tensor.ElementCount)];
        reader.ReadRows(tensor, 0, tensor.IsVector ? 1 : tensor.Rows, values);
        return values;
    }

    private static void Check(ReadOnlySpan<float> values, PlannedTensor tensor, int row)
    {
        int index = TensorPrimitives.IndexOfMaxMagnitude(values);
        if (Math.Abs(values[index]) > LargestWeight)
            throw new MoEQuantException(QuantizerDiagnostics.WeightTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"{tensor.Name}[{row}, {index}] is {values[index]}; expected a magnitude of at most {LargestWeight}."));
    }
}
