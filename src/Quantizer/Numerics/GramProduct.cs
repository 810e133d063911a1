using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>G += Σ w_t x_t x_tᵀ over rows of a matrix: products in single precision over at most 256 rows, their sums in double precision.</summary>
/// <remarks>Only the upper triangle of blocks is computed. Rows are taken in the order given, so the bits do not depend on machine or threads.</remarks>
internal static unsafe class GramProduct
{
    private const int ChunkRows = 256;
    private const int PanelColumns = 32;
    private const int Lanes = FloatMatrix.Lanes;

    /// <summary>Adds to the upper triangle of <paramref name="gram"/>.</summary>
    /// <param name="rows">X [T, K].</param>
    /// <param name="selected">Rows of X to take, in this order, repetitions allowed; empty for all.</param>
    /// <param name="weights">w per taken row, not negative; empty for 1.</param>
    /// <param name="firstColumn">The first column of X that takes part.</param>
    /// <param name="gram">G [width, width] for the columns <paramref name="firstColumn"/> … + width − 1. Only elements on and above the diagonal are defined afterwards.</param>
    public static void Add(FloatMatrix rows, ReadOnlySpan<int> selected, ReadOnlySpan<float> weights, int firstColumn, DoubleMatrix gram)
    {
        int count = selected.IsEmpty ? rows.Rows : selected.Length, width = gram.Columns;
        if (!weights.IsEmpty && weights.Length != count)
            throw new ArgumentException($"There are {weights.Length} weights for {count} rows.", nameof(weights));
        if (firstColumn < 0 || firstColumn + width > rows.Columns)
            throw new ArgumentException($"Columns {firstColumn} … {firstColumn + width - 1} are not within {rows.Columns}.", nameof(firstColumn));
        int panels = (width + PanelColumns - 1) / PanelColumns;
        float* packed = (float*)NativeMemory.AlignedAlloc((nuint)panels * ChunkRows * PanelColumns * sizeof(float), 64);
        try
        {
            for (int first = 0; first < count; first += ChunkRows)
            {
                int length = Math.Min(ChunkRows, count - first);
                for (int t = 0; t < length; t++)
                {
                    int row = selected.IsEmpty ? first + t : selected[first + t];
                    Pack(rows.Row(row).Slice(firstColumn, width), weights.IsEmpty ? 1 : MathF.Sqrt(weights[first + t]), packed + t * PanelColumns);
                }

                for (int i = 0; i < panels; i++)
                    for (int j = i; j < panels; j++)
                        AddPanels(packed + (nint)i * ChunkRows * PanelColumns, packed + (nint)j * ChunkRows * PanelColumns, length, gram, i * PanelColumns, j * PanelColumns);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(packed);
        }
    }

    private static void Pack(ReadOnlySpan<float> row, float factor, float* target)
    {
        for (int first = 0; first < row.Length; first += PanelColumns, target += ChunkRows * PanelColumns)
            for (int j = 0; j < PanelColumns; j++)
                target[j] = first + j < row.Length ? row[first + j] * factor : 0;
    }

    private static void AddPanels(float* a, float* b, int length, DoubleMatrix gram, int firstRow, int firstColumn)
    {
        float* sums = stackalloc float[4 * PanelColumns];
        for (int i = 0; i < PanelColumns && firstRow + i < gram.Rows; i += 4)
        {
            Multiply(a + i, b, length, sums);
            for (int k = 0; k < 4 && firstRow + i + k < gram.Rows; k++)
            {
                Span<double> target = gram.Row(firstRow + i + k)[firstColumn..];
                for (int j = 0; j < Math.Min(PanelColumns, target.Length); j++)
                    target[j] += sums[k * PanelColumns + j];
            }
        }
    }

    private static void Multiply(float* a, float* b, int length, float* sums)
    {
        Vector512<float> s00 = Vector512<float>.Zero, s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        for (int t = 0; t < length; t++, a += PanelColumns, b += PanelColumns)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes);
            Vector512<float> x = Vector512.Create(a[0]);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            x = Vector512.Create(a[1]);
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            x = Vector512.Create(a[2]);
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            x = Vector512.Create(a[3]);
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
        }

        s00.Store(sums);
        s01.Store(sums + Lanes);
        s10.Store(sums + 2 * Lanes);
        s11.Store(sums + 3 * Lanes);
        s20.Store(sums + 4 * Lanes);
        s21.Store(sums + 5 * Lanes);
        s30.Store(sums + 6 * Lanes);
        s31.Store(sums + 7 * Lanes);
    }
}
