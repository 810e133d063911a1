using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>C += A·B and C −= A·B on row-major floats.</summary>
/// <remarks>
/// Every element of C is summed by one accumulator in ascending k with fused multiply-adds, which IEEE 754 rounds exactly: the result has the same bits on every machine and for every
/// blocking. Lanes run along the columns of B and C; A is read one element at a time and may therefore have any strides (a transpose is a swap of them).
/// </remarks>
internal static unsafe class MatrixProduct
{
    private const int Lanes = FloatMatrix.Lanes;
    private const int SlabFloats = 1 << 16;

    /// <summary>C += A·B.</summary>
    public static void Add(FloatMatrix a, FloatMatrix b, FloatMatrix c)
    {
        Check(a.Rows, a.Columns, b, c);
        Run<AddOperation>(a.Data, a.Stride, 1, b, c, a.Columns);
    }

    /// <summary>C += Aᵀ·B.</summary>
    public static void AddTransposed(FloatMatrix a, FloatMatrix b, FloatMatrix c)
    {
        Check(a.Columns, a.Rows, b, c);
        Run<AddOperation>(a.Data, 1, a.Stride, b, c, a.Rows);
    }

    /// <summary>C −= A·B.</summary>
    public static void Subtract(FloatMatrix a, FloatMatrix b, FloatMatrix c)
    {
        Check(a.Rows, a.Columns, b, c);
        Run<SubtractOperation>(a.Data, a.Stride, 1, b, c, a.Columns);
    }

    private static void Check(int rows, int inner, FloatMatrix b, FloatMatrix c)
    {
        if (b.Rows != inner || c.Rows != rows || c.Columns != b.Columns)
            throw new ArgumentException($"[{rows} x {inner}] · [{b.Rows} x {b.Columns}] does not give [{c.Rows} x {c.Columns}].");
    }

    /// <summary>Walks B in slabs of rows that stay in the second-level cache: down a column of a wide matrix every step would be a new page. Sums pass through C between slabs unchanged.</summary>
    private static void Run<TOperation>(float* a, nint aRow, nint aColumn, FloatMatrix b, FloatMatrix c, int inner) where TOperation : struct, IOperation
    {
        int slab = Math.Max(SlabFloats / Math.Max(b.Stride, 1), 16);
        for (int first = 0; first < inner; first += slab)
            RunSlab<TOperation>(a + first * aColumn, aRow, aColumn, b.RowPointer(first), b.Stride, c, Math.Min(slab, inner - first));
    }

    private static void RunSlab<TOperation>(float* a, nint aRow, nint aColumn, float* b, nint bRow, FloatMatrix c, int inner) where TOperation : struct, IOperation
    {
        int row = 0;
        for (; row + 4 <= c.Rows; row += 4)
            for (int column = 0; column < c.Stride; column += 2 * Lanes)
                if (column + 2 * Lanes <= c.Stride)
                    Block4x2<TOperation>(a + row * aRow, aRow, aColumn, b + column, bRow, c.RowPointer(row) + column, c.Stride, inner);
                else
                    for (int i = 0; i < 4; i++)
                        Block1x1<TOperation>(a + (row + i) * aRow, aColumn, b + column, bRow, c.RowPointer(row + i) + column, inner);
        for (; row < c.Rows; row++)
            for (int column = 0; column < c.Stride; column += Lanes)
                Block1x1<TOperation>(a + row * aRow, aColumn, b + column, bRow, c.RowPointer(row) + column, inner);
    }

    private static void Block4x2<TOperation>(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int inner) where TOperation : struct, IOperation
    {
        Vector512<float> c00 = Vector512.Load(c), c01 = Vector512.Load(c + Lanes);
        Vector512<float> c10 = Vector512.Load(c + cRow), c11 = Vector512.Load(c + cRow + Lanes);
        Vector512<float> c20 = Vector512.Load(c + 2 * cRow), c21 = Vector512.Load(c + 2 * cRow + Lanes);
        Vector512<float> c30 = Vector512.Load(c + 3 * cRow), c31 = Vector512.Load(c + 3 * cRow + Lanes);
        for (int k = 0; k < inner; k++, a += aColumn, b += bRow)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes);
            Vector512<float> x = Vector512.Create(a[0]);
            c00 = TOperation.Apply(c00, x, b0);
            c01 = TOperation.Apply(c01, x, b1);
            x = Vector512.Create(a[aRow]);
            c10 = TOperation.Apply(c10, x, b0);
            c11 = TOperation.Apply(c11, x, b1);
            x = Vector512.Create(a[2 * aRow]);
            c20 = TOperation.Apply(c20, x, b0);
            c21 = TOperation.Apply(c21, x, b1);
            x = Vector512.Create(a[3 * aRow]);
            c30 = TOperation.Apply(c30, x, b0);
            c31 = TOperation.Apply(c31, x, b1);
        }

        c00.Store(c);
        c01.Store(c + Lanes);
        c10.Store(c + cRow);
        c11.Store(c + cRow + Lanes);
        c20.Store(c + 2 * cRow);
        c21.Store(c + 2 * cRow + Lanes);
        c30.Store(c + 3 * cRow);
        c31.Store(c + 3 * cRow + Lanes);
    }

    private static void Block1x1<TOperation>(float* a, nint aColumn, float* b, nint bRow, float* c, int inner) where TOperation : struct, IOperation
    {
        Vector512<float> sum = Vector512.Load(c);
        for (int k = 0; k < inner; k++, a += aColumn, b += bRow)
            sum = TOperation.Apply(sum, Vector512.Create(*a), Vector512.Load(b));
        sum.Store(c);
    }

    private interface IOperation
    {
        static abstract Vector512<float> Apply(Vector512<float> accumulator, Vector512<float> x, Vector512<float> y);
    }

    private readonly struct AddOperation : IOperation
    {
        public static Vector512<float> Apply(Vector512<float> accumulator, Vector512<float> x, Vector512<float> y) => Vector512.FusedMultiplyAdd(x, y, accumulator);
    }

    private readonly struct SubtractOperation : IOperation
    {
        public static Vector512<float> Apply(Vector512<float> accumulator, Vector512<float> x, Vector512<float> y) => Vector512.FusedMultiplyAdd(-x, y, accumulator);
    }
}
