using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

/// <summary>
/// Fits a router to inputs that have changed because the layers before it were quantized: ΔW = argmin Σ_t ‖C (z_t − (W + ΔW) x_t)‖² + λ m ‖ΔW‖², where z are the reference's logits, x the current
/// inputs, C removes the mean over the experts (softmax does not see it), m is the mean square of an input. λ is the one with the lowest error on tokens that were not fitted.
/// </summary>
internal static class RouterRealignment
{
    // Neighbouring tokens resemble each other: whole stretches are held out, one of five.
    private const int StretchLength = 32;
    private const int Stretches = 5;

    // With fewer a fit follows the calibration text: 4 per channel of another kind of text raised the divergence of a small model by 40 %.
    private const int TokensPerChannel = 16;

    private static readonly double[] Regularizations = [0.001, 0.01, 0.1, 1, 10];

    /// <summary>Re-aligns.</summary>
    /// <param name="router">W, [experts, hidden], in the current basis (after smoothing and rotation).</param>
    /// <param name="targets">z, the logits of the unquantized network for the same tokens, [tokens, experts].</param>
    /// <param name="inputs">x, what the router sees in the network quantized so far, [tokens, hidden].</param>
    /// <param name="topK">Experts per token.</param>
    /// <returns>The fitted router, or the given one where no fit keeps both the held-out and the calibration agreement.</returns>
    public static RealignedRouter Realign(FloatMatrix router, FloatMatrix targets, FloatMatrix inputs, int topK)
    {
        using FloatMatrix before = RouterLogits.Of(router, inputs);
        double heldOutBefore = RouterAgreement.TopK(targets, before, topK, IsHeldOut), allBefore = RouterAgreement.TopK(targets, before, topK);
        RealignedRouter best = new(Copy(router), false, 0, heldOutBefore, heldOutBefore, allBefore, allBefore);
        double bestError = HeldOutError(targets, before);
        if (inputs.Rows < Math.Max(StretchLength * Stretches, TokensPerChannel * inputs.Columns))
            return best;
        using NormalEquations equations = NormalEquations.For(router, targets, inputs, token => !IsHeldOut(token));
        foreach (double regularization in Regularizations)
        {
            FloatMatrix fitted = equations.Solve(router, regularization);
            using FloatMatrix after = RouterLogits.Of(fitted, inputs);
            double error = HeldOutError(targets, after);
            double heldOut = RouterAgreement.TopK(targets, after, topK, IsHeldOut), all = RouterAgreement.TopK(targets, after, topK);
            if (!(error < bestError) || heldOut < heldOutBefore || all < allBefore)
            {
                fitted.Dispose();
                continue;
            }

            best.Router.Dispose();
            best = best with { Router = fitted, Changed = true, Regularization = regularization, HeldOutAfter = heldOut, CalibrationAfter = all };
            bestError = error;
        }

        return best;
    }

    /// <summary>True for tokens that are only measured.</summary>
    private static bool IsHeldOut(int token) => token / StretchLength % Stretches == Stretches - 1;

    private static double HeldOutError(FloatMatrix targets, FloatMatrix logits)
    {
        double sum = 0;
        for (int token = 0; token < targets.Rows; token++)
        {
            if (!IsHeldOut(token))
                continue;
            double mean = 0;
            for (int expert = 0; expert < targets.Columns; expert++)
                mean += ((double)targets[token, expert] - logits[token, expert]) / targets.Columns;
            for (int expert = 0; expert < targets.Columns; expert++)
                sum += Math.Pow((double)targets[token, expert] - logits[token, expert] - mean, 2);
        }

        return sum;
    }

    private static FloatMatrix Copy(FloatMatrix source)
    {
        FloatMatrix copy = new(source.Rows, source.Columns);
        copy.CopyFrom(source);
        return copy;
    }
}
