using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>A = Xᵀ X and B = Rᵀ X of a least-squares fit in double precision, solved by Cholesky for any regularisation: (A + λ mean(diag A) I) Δᵀ = Bᵀ.</summary>
internal sealed unsafe class NormalEquations : IDisposable
{
    private readonly DoubleMatrix _moments;
    private readonly DoubleMatrix _factor;
    private readonly DoubleMatrix _right;

    private NormalEquations(int size, int outputs) => (_moments, _factor, _right) = (new(size, size), new(size, size), new(outputs, size));

    private int Size => _moments.Rows;

    private int Stride => _moments.Stride;

    /// <summary>Collects the equations for ΔW from the tokens that are to be fitted; residuals R = z − W x are centred over the experts.</summary>
    public static NormalEquations For(FloatMatrix router, FloatMatrix targets, FloatMatrix inputs, Func<int, bool> include)
    {
        NormalEquations equations = new(router.Columns, router.Rows);
        using FloatMatrix logits = RouterLogits.Of(router, inputs);
        double[] residual = new double[router.Rows], x = new double[equations.Stride];
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
                for (int row = 0; row < equations.Size; row++)
                    DoubleSums.AddScaled(x[row], pointer, equations._moments.RowPointer(row), (row / 8 * 8) + 8);
                for (int expert = 0; expert < residual.Length; expert++)
                    DoubleSums.AddScaled(residual[expert] - mean, pointer, equations._right.RowPointer(expert), equations.Stride);
            }
        }

        return equations;
    }

    /// <summary>W + ΔW for one λ &gt; 0.</summary>
    public FloatMatrix Solve(FloatMatrix router, double regularization)
    {
        Factorize(regularization);
        FloatMatrix solved = new(_right.Rows, Size);
        double[] x = new double[Stride];
        fixed (double* pointer = x)
        {
            for (int output = 0; output < _right.Rows; output++)
            {
                _right.Row(output).CopyTo(x);
                Substitute(pointer);
                for (int column = 0; column < Size; column++)
                    solved[output, column] = (float)(router[output, column] + x[column]);
            }
        }

        return solved;
    }

    public void Dispose()
    {
        _moments.Dispose();
        _factor.Dispose();
        _right.Dispose();
    }

    /// <summary>L Lᵀ = A + λ mean(diag A) I, row by row; what lies above the diagonal is cleared so that dot products may run over whole vectors.</summary>
    private void Factorize(double regularization)
    {
        double ridge = 0;
        for (int i = 0; i < Size; i++)
            ridge += _moments[i, i] * regularization / Size;
        // All inputs zero: any positive number gives ΔW = 0.
        ridge = ridge > 0 ? ridge : 1;
        for (int i = 0; i < Size; i++)
        {
            double* row = _factor.RowPointer(i);
            new Span<double>(row, Stride).Clear();
            for (int j = 0; j <= i; j++)
            {
                double* other = _factor.RowPointer(j);
                double value = _moments[i, j] - DoubleSums.Dot(row, other, (j + 7) / 8 * 8);
                row[j] = i == j ? Math.Sqrt(Math.Max(value + ridge, ridge * 1e-6)) : value / other[j];
            }
        }
    }

    /// <summary>x ← L⁻ᵀ L⁻¹ x.</summary>
    private void Substitute(double* x)
    {
        for (int i = 0; i < Size; i++)
        {
            double* row = _factor.RowPointer(i);
            double sum = x[i];
            for (int j = 0; j < i; j++)
                sum -= row[j] * x[j];
            x[i] = sum / row[i];
        }

        for (int i = Size - 1; i >= 0; i--)
        {
            double* row = _factor.RowPointer(i);
            x[i] /= row[i];
            for (int j = 0; j < i; j++)
                x[j] -= row[j] * x[i];
        }
    }
}
