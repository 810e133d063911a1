using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>Blocked Cholesky factorisation A = L·Lᵀ in double precision, in place: n³/3 multiply-adds, all but a small part of them in a register-blocked product.</summary>
/// <remarks>Fused multiply-adds are exactly rounded, and every element is summed in one fixed order: the same bits on every machine.</remarks>
internal static unsafe class Cholesky
{
    private const int Block = 64;
    private const int Lanes = DoubleMatrix.Lanes;

    /// <summary>Replaces the lower triangle of a symmetric matrix, of which only that triangle is read, by L. What is above the diagonal is left undefined.</summary>
    /// <returns>False where a pivot is not a positive finite number: the matrix is not positive definite in this precision. Its content is undefined then.</returns>
    public static bool TryFactor(DoubleMatrix matrix)
    {
        if (matrix.Rows != matrix.Columns)
            throw new ArgumentException($"A {matrix.Rows} x {matrix.Columns} matrix is not square.", nameof(matrix));
        int size = matrix.Rows;
        double* panel = (double*)NativeMemory.AlignedAlloc((nuint)Block * (nuint)Math.Max(matrix.Stride, Lanes) * sizeof(double), 64);
        try
        {
            for (int first = 0; first < size; first += Block)
            {
                int width = Math.Min(Block, size - first);
                if (!FactorDiagonal(matrix, first, width))
                    return false;
                SolvePanel(matrix, first, width);
                TransposePanel(matrix, first, width, panel);
                for (int row = first + width; row < size; row += 4)
                    UpdateRows(matrix, first, width, row, Math.Min(4, size - row), panel);
            }

            return true;
        }
        finally
        {
            NativeMemory.AlignedFree(panel);
        }
    }

    private static bool FactorDiagonal(DoubleMatrix matrix, int first, int width)
    {
        for (int j = first; j < first + width; j++)
        {
            double* row = matrix.RowPointer(j);
            for (int k = first; k < j; k++)
                row[k] = (row[k] - Dot(row, matrix.RowPointer(k), first, k)) / matrix.RowPointer(k)[k];
            double pivot = row[j] - Dot(row, row, first, j);
            if (!(pivot > 0) || !double.IsFinite(pivot))
                return false;
            row[j] = Math.Sqrt(pivot);
        }

        return true;
    }

    /// <summary>Rows below the diagonal block: L[i, block] = A[i, block] · L[block, block]⁻ᵀ.</summary>
    private static void SolvePanel(DoubleMatrix matrix, int first, int width)
    {
        for (int i = first + width; i < matrix.Rows; i++)
        {
            double* row = matrix.RowPointer(i);
            for (int k = first; k < first + width; k++)
                row[k] = (row[k] - Dot(row, matrix.RowPointer(k), first, k)) / matrix.RowPointer(k)[k];
        }
    }

    /// <summary>panel[k][i] = L[i, first + k], so that lanes can run along i.</summary>
    private static void TransposePanel(DoubleMatrix matrix, int first, int width, double* panel)
    {
        for (int i = first + width; i < matrix.Rows; i++)
            for (int k = 0; k < width; k++)
                panel[(nint)k * matrix.Stride + i] = matrix.RowPointer(i)[first + k];
        for (int i = matrix.Rows; i < matrix.Stride; i++)
            for (int k = 0; k < width; k++)
                panel[(nint)k * matrix.Stride + i] = 0;
    }

    /// <summary>A[i, j] −= Σ L[i, k]·L[j, k] for a few rows i and the columns from the block's end up to the diagonal, whole vectors: what they write beyond it is never read.</summary>
    private static void UpdateRows(DoubleMatrix matrix, int first, int width, int row, int rows, double* panel)
    {
        int start = (first + width) / Lanes * Lanes, end = (row + rows + Lanes - 1) / Lanes * Lanes;
        double* c0 = matrix.RowPointer(row), c1 = matrix.RowPointer(row + Math.Min(1, rows - 1)), c2 = matrix.RowPointer(row + Math.Min(2, rows - 1)), c3 = matrix.RowPointer(row + rows - 1);
        int column = start;
        // A whole block of columns starts at a multiple of the vector's width, because blocks do.
        if (rows == 4)
            for (; column + 2 * Lanes <= end; column += 2 * Lanes)
                Update4x2(c0, c1, c2, c3, first, width, panel + column, matrix.Stride, column);
        for (; column < end; column += Lanes)
            for (int i = 0; i < rows; i++)
            {
                double* c = matrix.RowPointer(row + i);
                Vector512<double> sum = Vector512<double>.Zero;
                for (int k = 0; k < width; k++)
                    sum = Vector512.FusedMultiplyAdd(Vector512.Create(c[first + k]), Vector512.Load(panel + (nint)k * matrix.Stride + column), sum);
                (Vector512.Load(c + column) - sum).Store(c + column);
            }
    }

    private static void Update4x2(double* c0, double* c1, double* c2, double* c3, int first, int width, double* panel, nint stride, int column)
    {
        Vector512<double> s00 = Vector512<double>.Zero, s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        for (int k = first; k < first + width; k++, panel += stride)
        {
            Vector512<double> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + Lanes);
            Vector512<double> a = Vector512.Create(c0[k]);
            s00 = Vector512.FusedMultiplyAdd(a, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a, b1, s01);
            a = Vector512.Create(c1[k]);
            s10 = Vector512.FusedMultiplyAdd(a, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a, b1, s11);
            a = Vector512.Create(c2[k]);
            s20 = Vector512.FusedMultiplyAdd(a, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(a, b1, s21);
            a = Vector512.Create(c3[k]);
            s30 = Vector512.FusedMultiplyAdd(a, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(a, b1, s31);
        }

        Subtract(c0 + column, s00, s01);
        Subtract(c1 + column, s10, s11);
        Subtract(c2 + column, s20, s21);
        Subtract(c3 + column, s30, s31);
    }

    private static void Subtract(double* c, Vector512<double> low, Vector512<double> high)
    {
        (Vector512.Load(c) - low).Store(c);
        (Vector512.Load(c + Lanes) - high).Store(c + Lanes);
    }

    /// <summary>Σ x·y over the columns [from, to), whole vectors first: <paramref name="from"/> is a multiple of the block.</summary>
    private static double Dot(double* x, double* y, int from, int to)
    {
        Vector512<double> lanes = Vector512<double>.Zero;
        int k = from;
        for (; k + Lanes <= to; k += Lanes)
            lanes = Vector512.FusedMultiplyAdd(Vector512.Load(x + k), Vector512.Load(y + k), lanes);
        double sum = lanes[0] + lanes[4] + (lanes[1] + lanes[5]) + (lanes[2] + lanes[6] + (lanes[3] + lanes[7]));
        for (; k < to; k++)
            sum = Math.FusedMultiplyAdd(x[k], y[k], sum);
        return sum;
    }
}
