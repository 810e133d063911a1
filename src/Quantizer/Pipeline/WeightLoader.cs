using System.Globalization;
using System.Numerics.Tensors;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Reads weights as floats and refuses those that cannot be quantized.</summary>
internal static class WeightLoader
{
    /// <summary>The largest magnitude whose groups always have fp16 scales.</summary>
    private const float LargestWeight = 65504;

    /// <summary>Reads consecutive rows of a matrix.</summary>
    /// <exception cref="MoEQuantException">MOEQ1048, MOEQ1049.</exception>
    public static FloatMatrix LoadRows(IWeightSource source, PlannedTensor tensor, int firstRow, int rows)
    {
        LinearWeights weights = source.GetLinear(tensor);
        FloatMatrix matrix = new(rows, tensor.Columns);
        try
        {
            for (int row = 0; row < rows; row++)
            {
                weights.ReadRow(firstRow + row, matrix.Row(row));
                Check(matrix.Row(row), tensor, firstRow + row);
            }

            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>Reads a tensor that stays plain: a vector, or a small matrix.</summary>
    /// <exception cref="MoEQuantException">MOEQ1048, MOEQ1049.</exception>
    public static float[] LoadPlain(IWeightSource source, PlannedTensor tensor)
    {
        if (tensor.IsVector)
        {
            float[] vector = source.GetVector(tensor);
            Check(vector, tensor, 0);
            return vector;
        }

        LinearWeights weights = source.GetLinear(tensor);
        float[] values = new float[checked(tensor.Rows * tensor.Columns)];
        for (int row = 0; row < tensor.Rows; row++)
        {
            Span<float> destination = values.AsSpan(row * tensor.Columns, tensor.Columns);
            weights.ReadRow(row, destination);
            Check(destination, tensor, row);
        }

        return values;
    }

    private static void Check(ReadOnlySpan<float> values, PlannedTensor tensor, int row)
    {
        // NaN propagates through the maximum, and no comparison with it holds.
        if (Math.Abs(TensorPrimitives.MaxMagnitude(values)) <= LargestWeight)
            return;
        for (int i = 0; i < values.Length; i++)
        {
            string place = tensor.IsVector ? $"[{i}]" : $"[{row}, {i}]";
            if (!float.IsFinite(values[i]))
                throw new MoEQuantException(QuantizerDiagnostics.WeightNotFinite, string.Create(CultureInfo.InvariantCulture, $"{tensor.Name}{place} is {values[i]}; expected a finite number."));
            if (Math.Abs(values[i]) > LargestWeight)
                throw new MoEQuantException(QuantizerDiagnostics.WeightTooLarge, string.Create(CultureInfo.InvariantCulture, $"{tensor.Name}{place} is {values[i]}; expected a magnitude of at most {LargestWeight}."));
        }
    }
}
