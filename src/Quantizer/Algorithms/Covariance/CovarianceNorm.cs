using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>tr(E H Eᵀ).</summary>
internal static unsafe class CovarianceNorm
{
    /// <summary>Rows of E at a time: E H of more would need much memory.</summary>
    private const int ChunkRows = 128;

    public static double Measure(InputCovariance covariance, FloatMatrix matrix, INumericBackend backend)
    {
        double total = 0;
        for (int block = 0; block < covariance.BlockCount; block++)
        {
            (int first, int width) = covariance.Range(block);
            using FloatMatrix square = new(width, width);
            for (int i = 0; i < width; i++)
                covariance.Matrix.Row(first + i)[..width].CopyTo(square.Row(i));
            for (int row = 0; row < matrix.Rows; row += ChunkRows)
                total += MeasureRows(matrix, row, Math.Min(ChunkRows, matrix.Rows - row), first, square, backend);
        }

        // H has no negative eigenvalues; what rounding makes of a zero may be.
        return Math.Max(total, 0);
    }

    private static double MeasureRows(FloatMatrix matrix, int firstRow, int rows, int firstColumn, FloatMatrix square, INumericBackend backend)
    {
        using FloatMatrix part = new(rows, square.Columns), product = new(rows, square.Columns);
        for (int i = 0; i < rows; i++)
            matrix.Row(firstRow + i).Slice(firstColumn, square.Columns).CopyTo(part.Row(i));
        backend.AddProduct(part, square, product);
        double total = 0;
        for (int i = 0; i < rows; i++)
            total += DoubleSums.Dot(part.RowPointer(i), product.RowPointer(i), part.Stride);
        return total;
    }
}
