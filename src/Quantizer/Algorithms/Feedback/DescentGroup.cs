using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>One group of 16 rows, one row per lane, whose codes and parameters are improved while all other groups stay as they are.</summary>
/// <remarks>
/// Coordinate descent as in QuantEase (arXiv 2309.01885): with g = D H, the best value of column j is ŵ_j + g_j / H_jj, rounded to a code; every change updates g. In between, scale and zero
/// point are refitted to the codes by least squares under H. The loss tr(D H Dᵀ) never grows but by rounding.
/// </remarks>
/// <param name="scheme">Bits, symmetric or not.</param>
/// <param name="length">Columns.</param>
/// <param name="weights">W [length][16].</param>
/// <param name="errors">D = W − Ŵ [length][16], kept up to date.</param>
/// <param name="gradient">D H over all columns of the matrix, for those of the group [length][16], kept up to date.</param>
/// <param name="covariance">H within the group, row j at j·stride.</param>
/// <param name="stride">Floats from one row of H to the next.</param>
/// <param name="codes">Work space [length][16].</param>
internal unsafe ref struct DescentGroup(GroupScheme scheme, int length, float* weights, float* errors, float* gradient, float* covariance, nint stride, float* codes)
{
    private const int Lanes = 16;
    private const float RoundingMagic = 12582912f;

    /// <summary>Sweeps over the columns of a group before the next group's turn.</summary>
    private const int Sweeps = 2;

    private readonly Vector512<float> _max = Vector512.Create((float)scheme.MaxCode);

    /// <summary>Scales, as fp16 holds them.</summary>
    public Vector512<float> Scale { get; private set; }

    /// <summary>Zero points, as fp16 holds them.</summary>
    public Vector512<float> ZeroPoint { get; private set; }

    /// <summary>Improves the group.</summary>
    /// <param name="scale">The scales that the errors belong to.</param>
    /// <param name="zeroPoint">The zero points that the errors belong to.</param>
    /// <param name="work">Work space [2 · length][16].</param>
    public void Improve(Vector512<float> scale, Vector512<float> zeroPoint, float* work)
    {
        (Scale, ZeroPoint) = (scale, zeroPoint);
        GroupCodes.Recover(weights, errors, length, scheme, scale, zeroPoint, codes);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            Refit(work);
            Sweep();
        }
    }

    private readonly void Sweep()
    {
        Vector512<float> inverse = HalfLanes.Inverse(Scale), magic = Vector512.Create(RoundingMagic);
        for (int j = 0; j < length; j++)
        {
            float* row = covariance + j * stride;
            Vector512<float> before = Vector512.Load(codes + j * Lanes);
            Vector512<float> wanted = (before - ZeroPoint) * Scale + Vector512.Load(gradient + j * Lanes) / Vector512.Create(row[j]);
            Vector512<float> code = Vector512.MinNative(Vector512.MaxNative(wanted * inverse + ZeroPoint, Vector512<float>.Zero), _max) + magic - magic;
            if (Vector512.EqualsAll(code, before))
                continue;
            code.Store(codes + j * Lanes);
            Vector512<float> error = Vector512.Load(weights + j * Lanes) - (code - ZeroPoint) * Scale, change = error - Vector512.Load(errors + j * Lanes);
            error.Store(errors + j * Lanes);
            for (int k = 0; k < length; k++)
                Vector512.FusedMultiplyAdd(change, Vector512.Create(row[k]), Vector512.Load(gradient + k * Lanes)).Store(gradient + k * Lanes);
        }
    }

    /// <summary>Moves the parameters to their least-squares values for the codes as they are, in lanes where that lowers the loss after rounding to fp16.</summary>
    private void Refit(float* work)
    {
        float* moved = work, product = work + length * Lanes;
        (Vector512<float> scale, Vector512<float> zeroPoint) = ParameterRefit.Solve(scheme, length, codes, gradient, covariance, stride, Scale, ZeroPoint);
        for (int k = 0; k < length; k++)
        {
            Vector512<float> error = Vector512.Load(weights + k * Lanes) - (Vector512.Load(codes + k * Lanes) - zeroPoint) * scale;
            (error - Vector512.Load(errors + k * Lanes)).Store(moved + k * Lanes);
        }

        // tr((D + M) H (D + M)ᵀ) − tr(D H Dᵀ) = M·(2g + M H).
        Vector512<float> change = Vector512<float>.Zero;
        new Span<float>(product, length * Lanes).Clear();
        FeedbackProduct.Add(moved, length, covariance, stride, length, product);
        for (int k = 0; k < length; k++)
        {
            Vector512<float> g = Vector512.Load(gradient + k * Lanes);
            change += Vector512.Load(moved + k * Lanes) * (g + g + Vector512.Load(product + k * Lanes));
        }

        Vector512<float> better = Vector512.LessThan(change, Vector512<float>.Zero);
        for (int k = 0; k < length; k++)
        {
            (Vector512.Load(errors + k * Lanes) + (Vector512.Load(moved + k * Lanes) & better)).Store(errors + k * Lanes);
            (Vector512.Load(gradient + k * Lanes) + (Vector512.Load(product + k * Lanes) & better)).Store(gradient + k * Lanes);
        }

        Scale = Vector512.ConditionalSelect(better, scale, Scale);
        ZeroPoint = Vector512.ConditionalSelect(better, zeroPoint, ZeroPoint);
    }
}
