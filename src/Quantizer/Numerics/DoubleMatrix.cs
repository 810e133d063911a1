using System.Runtime.InteropServices;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>A row-major matrix of doubles in aligned native memory. Rows are padded to a multiple of 8 columns; the padding is zero when the matrix is made.</summary>
internal sealed unsafe class DoubleMatrix : IDisposable
{
    /// <summary>Columns of one vector; strides are multiples of it.</summary>
    public const int Lanes = 8;

    private double* _data;

    public DoubleMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Rows = rows;
        Columns = columns;
        Stride = checked((columns + Lanes - 1) / Lanes * Lanes);
        _data = (double*)NativeMemory.AlignedAlloc(Bytes, 64);
        NativeMemory.Clear(_data, Bytes);
        GC.AddMemoryPressure((long)Bytes);
    }

    ~DoubleMatrix() => Release();

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Doubles from one row to the next.</summary>
    public int Stride { get; }

    public ref double this[int row, int column] => ref Row(row)[column];

    private nuint Bytes => Math.Max(checked((nuint)Rows * (nuint)Stride * sizeof(double)), 64);

    /// <summary>Row <paramref name="row"/> without its padding.</summary>
    public Span<double> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return new(RowPointer(row), Columns);
    }

    /// <summary>The first element of a row; 64-byte aligned, valid until <see cref="Dispose"/>.</summary>
    public double* RowPointer(int row) => (_data is not null ? _data : throw new ObjectDisposedException(nameof(DoubleMatrix))) + (nint)row * Stride;

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_data is null)
            return;
        NativeMemory.AlignedFree(_data);
        _data = null;
        GC.RemoveMemoryPressure((long)Bytes);
    }
}
