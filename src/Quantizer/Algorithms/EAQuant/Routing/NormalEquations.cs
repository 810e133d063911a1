using System.Runtime.InteropServices;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>A = Xᵀ X and B = Rᵀ X of a least-squares fit in double precision, solved by Cholesky for any regularisation: (A + λ mean(diag A) I) Δᵀ = Bᵀ.</summary>
internal sealed unsafe class NormalEquations : IDisposable
{
    private readonly int _size;
    private readonly int _stride;
    private readonly int _outputs;
    private readonly double* _moments;
    private readonly double* _factor;
    private readonly double* _right;

    private NormalEquations(int size, int outputs)
    {
        (_size, _outputs, _stride) = (size, outputs, (size + 7) / 8 * 8);
        _moments = Allocate(size);
        _factor = Allocate(size);
        _right = Allocate(outputs);
    }

    /// <summary>Collects the equations for ΔW from the tokens that are to be fitted; residuals R = z − W x are centred over the experts.</summary>
    public static NormalEquations For(FloatMatrix router, FloatMatrix targets, FloatMatrix inputs, Func<int, bool> include)
    {
        NormalEquations equations = new(router.Columns, router.Rows);
        using FloatMatrix logits = RouterLogits.Of(router, inputs);
        double[] residual = new double[router.Rows], x = new double[equations._stride];
        for (int token = 0; token < inputs.Rows; token++)
        {
            if (!include(token))
                continue;
            for (int expert = 0; expert < residual.Length; expert++)
                residual[expert] = (double)targets[token, expert] - logits[token, expert];
            double mean = residual.Average();
            for (int column = 0; column < inputs.Columns; column++)
                x[column] = inputs[token, column];
            fixed (double* pointer = x)
            {
                // The lower triangle is enough; whole vectors beyond the diagonal do no harm.
                for (int row = 0; row < equations._size; row++)
                    DoubleSums.AddScaled(x[row], pointer, equations._moments + ((nint)row * equations._stride), (row / 8 * 8) + 8);
                for (int expert = 0; expert < residual.Length; expert++)
                    DoubleSums.AddScaled(residual[expert] - mean, pointer, equations._right + ((nint)expert * equations._stride), equations._stride);
            }
        }

        return equations;
    }

    /// <summary>W + ΔW for one λ &gt; 0.</summary>
    public FloatMatrix Solve(FloatMatrix router, double regularization)
    {
        Factorize(regularization);
        FloatMatrix solved = new(_outputs, _size);
        double[] x = new double[_stride];
        fixed (double* pointer = x)
        {
            for (int output = 0; output < _outputs; output++)
            {
                new ReadOnlySpan<double>(_right + ((nint)output * _stride), _stride).CopyTo(x);
                Substitute(pointer);
                for (int column = 0; column < _size; column++)
                    solved[output, column] = (float)(router[output, column] + x[column]);
            }
        }

        return solved;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_moments);
        NativeMemory.AlignedFree(_factor);
        NativeMemory.AlignedFree(_right);
    }

    private double* Allocate(int rows)
    {
        nuint bytes = Math.Max((nuint)rows * (nuint)_stride * sizeof(double), 64);
        double* memory = (double*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        return memory;
    }

    /// <summary>L Lᵀ = A + λ mean(diag A) I, row by row; what lies above the diagonal is cleared so that dot products may run over whole vectors.</summary>
    private void Factorize(double regularization)
    {
        double ridge = 0;
        for (int i = 0; i < _size; i++)
            ridge += _moments[((nint)i * _stride) + i] * regularization / _size;
        // All inputs zero: any positive number gives ΔW = 0.
        ridge = ridge > 0 ? ridge : 1;
        NativeMemory.Clear(_factor, (nuint)_size * (nuint)_stride * sizeof(double));
        for (int i = 0; i < _size; i++)
        {
            double* row = _factor + ((nint)i * _stride);
            for (int j = 0; j <= i; j++)
            {
                double* other = _factor + ((nint)j * _stride);
                double value = _moments[((nint)i * _stride) + j] - DoubleSums.Dot(row, other, (j + 7) / 8 * 8);
                row[j] = i == j ? Math.Sqrt(Math.Max(value + ridge, ridge * 1e-6)) : value / other[j];
            }
        }
    }

    /// <summary>x ← L⁻ᵀ L⁻¹ x.</summary>
    private void Substitute(double* x)
    {
        for (int i = 0; i < _size; i++)
        {
            double* row = _factor + ((nint)i * _stride);
            double sum = x[i];
            for (int j = 0; j < i; j++)
                sum -= row[j] * x[j];
            x[i] = sum / row[i];
        }

        for (int i = _size - 1; i >= 0; i--)
        {
            double* row = _factor + ((nint)i * _stride);
            x[i] /= row[i];
            for (int j = 0; j < i; j++)
                x[j] -= row[j] * x[i];
        }
    }
}
