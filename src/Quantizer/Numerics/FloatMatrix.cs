using System.Runtime.InteropServices;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>A row-major matrix of floats in aligned native memory, outside the garbage collector, because a worker holds several of a layer's size at once.</summary>
/// <remarks>Rows are padded to a multiple of 16 columns. The padding is zero when the matrix is made, and every operation of this folder keeps it zero: vector loops run over whole vectors without tails.</remarks>
internal sealed unsafe class FloatMatrix : IDisposable
{
    /// <summary>Columns of one vector; strides are multiples of it.</summary>
    public const int Lanes = 16;

    private float* _data;

    public FloatMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Rows = rows;
        Columns = columns;
        Stride = checked((columns + Lanes - 1) / Lanes * Lanes);
        nuint bytes = checked((nuint)rows * (nuint)Stride * sizeof(float));
        _data = (float*)NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
        Clear();
        GC.AddMemoryPressure((long)Math.Max(bytes, 64));
    }

    ~FloatMatrix() => Release();

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Floats from one row to the next, a multiple of <see cref="Lanes"/>.</summary>
    public int Stride { get; }

    /// <summary>The first element; 64-byte aligned, valid until <see cref="Dispose"/>.</summary>
    public float* Data => _data is not null ? _data : throw new ObjectDisposedException(nameof(FloatMatrix));

    public ref float this[int row, int column] => ref Row(row)[column];

    /// <summary>Row <paramref name="row"/> without its padding.</summary>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return new(Data + (nint)row * Stride, Columns);
    }

    public float* RowPointer(int row) => Data + (nint)row * Stride;

    public void Clear() => NativeMemory.Clear(Data, (nuint)Rows * (nuint)Stride * sizeof(float));

    /// <summary>Copies a matrix of the same shape.</summary>
    public void CopyFrom(FloatMatrix source)
    {
        if (source.Rows != Rows || source.Columns != Columns)
            throw new ArgumentException($"A {source.Rows} x {source.Columns} matrix does not fit {Rows} x {Columns}.", nameof(source));
        nuint bytes = (nuint)Rows * (nuint)Stride * sizeof(float);
        NativeMemory.Copy(source.Data, Data, bytes);
    }

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
        GC.RemoveMemoryPressure(Math.Max((long)Rows * Stride * sizeof(float), 64));
    }
}
