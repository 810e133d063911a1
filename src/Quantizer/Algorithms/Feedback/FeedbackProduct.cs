using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>t_k += Σ_i e_i · P[i, k] for 16 rows of a matrix at once, one per lane: the feedback of quantized columns on those to come.</summary>
internal static unsafe class FeedbackProduct
{
    private const int Lanes = 16;

    /// <summary>Columns computed together; panels are padded to it.</summary>
    public const int Step = 8;

    /// <summary>Adds to <paramref name="columns"/> columns of <paramref name="targets"/>.</summary>
    /// <param name="errors">e [count][16].</param>
    /// <param name="count">Columns that feed back.</param>
    /// <param name="panel">P, row i at i·<paramref name="stride"/>, readable up to the next multiple of 8 columns.</param>
    /// <param name="stride">Floats from one row of P to the next.</param>
    /// <param name="columns">Columns; whole steps of 8 are computed.</param>
    /// <param name="targets">t [columns, rounded up to 8][16].</param>
    public static void Add(float* errors, int count, float* panel, nint stride, int columns, float* targets)
    {
        for (int column = 0; column < columns; column += Step)
            AddStep(errors, count, panel + column, stride, targets + column * Lanes);
    }

    /// <summary>One step of 8 columns.</summary>
    public static void AddStep(float* errors, int count, float* panel, nint stride, float* targets)
    {
        Vector512<float> t0 = Vector512.Load(targets), t1 = Vector512.Load(targets + 16), t2 = Vector512.Load(targets + 32), t3 = Vector512.Load(targets + 48);
        Vector512<float> t4 = Vector512.Load(targets + 64), t5 = Vector512.Load(targets + 80), t6 = Vector512.Load(targets + 96), t7 = Vector512.Load(targets + 112);
        for (int i = 0; i < count; i++, errors += Lanes, panel += stride)
        {
            Vector512<float> e = Vector512.Load(errors);
            t0 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[0]), t0);
            t1 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[1]), t1);
            t2 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[2]), t2);
            t3 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[3]), t3);
            t4 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[4]), t4);
            t5 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[5]), t5);
            t6 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[6]), t6);
            t7 = Vector512.FusedMultiplyAdd(e, Vector512.Create(panel[7]), t7);
        }

        t0.Store(targets);
        t1.Store(targets + 16);
        t2.Store(targets + 32);
        t3.Store(targets + 48);
        t4.Store(targets + 64);
        t5.Store(targets + 80);
        t6.Store(targets + 96);
        t7.Store(targets + 112);
    }
}
