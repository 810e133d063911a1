using System.Runtime.InteropServices;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>The thin Q of a QR factorisation by modified Gram–Schmidt, run twice in double precision (twice is enough: Giraud, Langou, Rozložník 2005).</summary>
internal static unsafe class Orthonormalizer
{
    /// <summary>Replaces the columns of <paramref name="matrix"/> [n, r] by an orthonormal basis of their span. A column that depends on those before it becomes zero.</summary>
    /// <remarks>Work is O(n r²). Columns that are zero stay zero, so a zero matrix is no special case for callers.</remarks>
    public static void Orthonormalize(FloatMatrix matrix)
    {
        int length = (matrix.Rows + 7) / 8 * 8, count = matrix.Columns;
        // Columns are worked on as contiguous rows of doubles: dot products and updates then run over whole vectors.
        double* columns = (double*)NativeMemory.AlignedAlloc(Math.Max((nuint)length * (nuint)count * sizeof(double), 64), 64);
        try
        {
            NativeMemory.Clear(columns, (nuint)length * (nuint)count * sizeof(double));
            for (int row = 0; row < matrix.Rows; row++)
                for (int column = 0; column < count; column++)
                    columns[(nint)column * length + row] = matrix.RowPointer(row)[column];
            for (int column = 0; column < count; column++)
                OrthonormalizeColumn(columns, column, length);
            for (int row = 0; row < matrix.Rows; row++)
                for (int column = 0; column < count; column++)
                    matrix.RowPointer(row)[column] = (float)columns[(nint)column * length + row];
        }
        finally
        {
            NativeMemory.AlignedFree(columns);
        }
    }

    private static void OrthonormalizeColumn(double* columns, int column, int length)
    {
        double* x = columns + (nint)column * length;
        double before = DoubleSums.Dot(x, x, length);
        for (int pass = 0; pass < 2; pass++)
            for (int other = 0; other < column; other++)
            {
                double* q = columns + (nint)other * length;
                DoubleSums.AddScaled(-DoubleSums.Dot(x, q, length), q, x, length);
            }

        double after = DoubleSums.Dot(x, x, length);
        // What cancellation leaves of a dependent column is rounding noise of relative size 1e-16; the input was single precision anyway.
        double factor = after > before * 1e-20 && after > 0 ? 1 / Math.Sqrt(after) : 0;
        for (int i = 0; i < length; i++)
            x[i] *= factor;
    }
}
