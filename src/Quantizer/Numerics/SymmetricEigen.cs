using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Numerics;

/// <summary>Eigenvalues and eigenvectors of a small dense symmetric matrix in double precision: Householder tridiagonalisation, then QL steps with implicit shifts (Wilkinson and Reinsch 1971).</summary>
/// <remarks>O(n³) with vectorised row operations; uses only operations that IEEE 754 rounds exactly, so the bits do not depend on the machine.</remarks>
internal sealed unsafe class SymmetricEigen : IDisposable
{
    private const double Epsilon = 1.1102230246251565e-16;
    private readonly int _stride;
    private readonly double* _matrix;
    private readonly double* _vectors;
    private readonly double* _reflector;
    private readonly double* _work;
    private readonly double[] _diagonal;
    private readonly double[] _offDiagonal;
    private readonly int[] _order;

    public SymmetricEigen(int size)
    {
        Size = size;
        _stride = (Math.Max(size, 1) + 7) / 8 * 8;
        nuint bytes = (nuint)_stride * (nuint)_stride * sizeof(double);
        _matrix = (double*)NativeMemory.AlignedAlloc(bytes, 64);
        _vectors = (double*)NativeMemory.AlignedAlloc(bytes, 64);
        _reflector = (double*)NativeMemory.AlignedAlloc((nuint)_stride * sizeof(double), 64);
        _work = (double*)NativeMemory.AlignedAlloc((nuint)_stride * sizeof(double), 64);
        NativeMemory.Clear(_matrix, bytes);
        _diagonal = new double[size];
        _offDiagonal = new double[size];
        _order = new int[size];
    }

    ~SymmetricEigen() => Release();

    public int Size { get; }

    /// <summary>An element of the matrix to decompose; <see cref="Decompose"/> destroys it.</summary>
    public ref double Element(int row, int column) => ref _matrix[(nint)row * _stride + column];

    /// <summary>Eigenvalue number <paramref name="index"/>, the largest first.</summary>
    public double Value(int index) => _diagonal[_order[index]];

    /// <summary>The unit eigenvector that belongs to <see cref="Value"/>.</summary>
    public ReadOnlySpan<double> Vector(int index) => new(_vectors + (nint)_order[index] * _stride, Size);

    public void Decompose()
    {
        NativeMemory.Clear(_vectors, (nuint)_stride * (nuint)_stride * sizeof(double));
        for (int i = 0; i < Size; i++)
        {
            _vectors[(nint)i * _stride + i] = 1;
            _order[i] = i;
        }

        for (int k = 0; k + 2 < Size; k++)
            Reflect(k);
        for (int i = 0; i < Size; i++)
        {
            _diagonal[i] = Element(i, i);
            _offDiagonal[i] = i + 1 < Size ? Element(i + 1, i) : 0;
        }

        for (int l = 0; l < Size; l++)
            DiagonalizeFrom(l);
        // Ties keep their order: Array.Sort is not stable, so the index decides.
        Array.Sort(_order, (a, b) => _diagonal[a] != _diagonal[b] ? _diagonal[b].CompareTo(_diagonal[a]) : a.CompareTo(b));
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>One Householder reflection H = I − β v vᵀ that clears column k below its subdiagonal: A ← H A H, Z ← H Z.</summary>
    private void Reflect(int k)
    {
        double* v = _reflector;
        NativeMemory.Clear(v, (nuint)_stride * sizeof(double));
        for (int i = k + 1; i < Size; i++)
            v[i] = Element(i, k);
        double norm = Math.Sqrt(DoubleSums.Dot(v, v, _stride));
        if (norm == 0)
            return;
        v[k + 1] += v[k + 1] < 0 ? -norm : norm;
        double beta = 2 / DoubleSums.Dot(v, v, _stride);

        double* p = _work;
        NativeMemory.Clear(p, (nuint)_stride * sizeof(double));
        for (int i = k; i < Size; i++)
            p[i] = beta * DoubleSums.Dot(_matrix + (nint)i * _stride, v, _stride);
        DoubleSums.AddScaled(-beta / 2 * DoubleSums.Dot(v, p, _stride), v, p, _stride);
        for (int i = k; i < Size; i++)
        {
            DoubleSums.AddScaled(-v[i], p, _matrix + (nint)i * _stride, _stride);
            DoubleSums.AddScaled(-p[i], v, _matrix + (nint)i * _stride, _stride);
        }

        NativeMemory.Clear(p, (nuint)_stride * sizeof(double));
        for (int i = k + 1; i < Size; i++)
            DoubleSums.AddScaled(v[i], _vectors + (nint)i * _stride, p, _stride);
        for (int i = k + 1; i < Size; i++)
            DoubleSums.AddScaled(-beta * v[i], p, _vectors + (nint)i * _stride, _stride);
    }

    private void DiagonalizeFrom(int l)
    {
        double[] d = _diagonal, e = _offDiagonal;
        // QL needs about two steps per eigenvalue; the bound only keeps a hostile matrix from looping.
        for (int step = 0; step < 60; step++)
        {
            int m = l;
            while (m + 1 < Size && Math.Abs(e[m]) > Epsilon * (Math.Abs(d[m]) + Math.Abs(d[m + 1])))
                m++;
            if (m == l)
                return;
            double g = (d[l + 1] - d[l]) / (2 * e[l]);
            double r = Length(g, 1);
            g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r));
            double s = 1, c = 1, p = 0;
            int i = m - 1;
            for (; i >= l; i--)
            {
                double f = s * e[i], b = c * e[i];
                r = Length(f, g);
                e[i + 1] = r;
                if (r == 0)
                {
                    d[i + 1] -= p;
                    e[m] = 0;
                    break;
                }

                s = f / r;
                c = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                Rotate(_vectors + (nint)i * _stride, _vectors + (nint)(i + 1) * _stride, c, s);
            }

            if (r == 0 && i >= l)
                continue;
            d[l] -= p;
            e[l] = g;
            e[m] = 0;
        }
    }

    private void Rotate(double* x, double* y, double c, double s)
    {
        Vector512<double> cosine = Vector512.Create(c), sine = Vector512.Create(s);
        for (int i = 0; i < _stride; i += 8)
        {
            Vector512<double> a = Vector512.Load(x + i), b = Vector512.Load(y + i);
            (cosine * a - sine * b).Store(x + i);
            (sine * a + cosine * b).Store(y + i);
        }
    }

    private static double Length(double a, double b) => Math.Sqrt(a * a + b * b);

    private void Release()
    {
        NativeMemory.AlignedFree(_matrix);
        NativeMemory.AlignedFree(_vectors);
        NativeMemory.AlignedFree(_reflector);
        NativeMemory.AlignedFree(_work);
    }
}
