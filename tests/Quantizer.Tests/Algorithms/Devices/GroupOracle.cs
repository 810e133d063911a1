using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Hqq;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.Devices;

/// <summary>One group at a time in plain double precision: what a batch may be compared with.</summary>
internal static class GroupOracle
{
    public static double[] GroupOf(FloatMatrix weights, GroupScheme scheme, int row, int group)
    {
        int first = group * scheme.GroupSize, length = Math.Min(scheme.GroupSize, weights.Columns - first);
        return [.. weights.Row(row).Slice(first, length).ToArray().Select(w => (double)w)];
    }

    /// <summary>Checks that dequantized weights are what codes and parameters say, and that no other code is nearer; returns Σ|w − ŵ|, or the squares for a symmetric group.</summary>
    public static double CheckStored(FloatMatrix weights, FloatMatrix dequantized, QuantizedGroups result, int row, int group)
    {
        CheckDequantized(dequantized, result, row, group);
        (double scale, double zeroPoint) = Parameters(result, row, group);
        double[] values = GroupOf(weights, result.Scheme, row, group);
        double total = 0;
        for (int k = 0; k < values.Length; k++)
        {
            double error = Math.Abs(values[k] - dequantized[row, group * result.Scheme.GroupSize + k]);
            double best = Enumerable.Range(0, result.Scheme.MaxCode + 1).Min(code => Math.Abs(values[k] - (code - zeroPoint) * scale));
            Assert.AreEqual(best, error, 1e-4 * scale + 1e-6 * Math.Abs(values[k]), $"[{row}, {group}, {k}]");
            total += Cost(error, result.Scheme);
        }

        return total;
    }

    /// <summary>Checks that dequantized weights are what codes and parameters say, bit by bit.</summary>
    public static void CheckDequantized(FloatMatrix dequantized, QuantizedGroups result, int row, int group)
    {
        (double scale, double zeroPoint) = Parameters(result, row, group);
        int first = group * result.Scheme.GroupSize, end = Math.Min(first + result.Scheme.GroupSize, result.Columns);
        for (int k = first; k < end; k++)
            Assert.AreEqual((result.Codes[row * result.Columns + k] - (float)zeroPoint) * (float)scale, dequantized[row, k], 1e-5f * (float)scale, $"[{row}, {k}]");
    }

    /// <summary>The error that the published algorithm reaches, as <see cref="CheckStored"/> counts it.</summary>
    public static double Error(double[] weights, GroupScheme scheme, GroupSolver solver)
    {
        (float lowest, float highest) = ((float)weights.Min(), (float)weights.Max());
        if (scheme.Symmetric)
        {
            double start = (double)GroupStart.Symmetric(lowest, highest, scheme.MiddleCode);
            return Distance(weights, scheme, solver == GroupSolver.Hqq ? Scale(weights, scheme, start) : start, scheme.MiddleCode);
        }

        (Half scale, float zeroPoint) = GroupStart.Asymmetric(lowest, highest, scheme.MaxCode);
        return Distance(weights, scheme, (double)scale, solver == GroupSolver.Hqq ? ZeroPoint(weights, scheme, (double)scale, zeroPoint) : zeroPoint);
    }

    private static double ZeroPoint(double[] weights, GroupScheme scheme, double scale, double zeroPoint)
    {
        double best = zeroPoint, bestError = double.PositiveInfinity, beta = 10;
        for (int step = 0; step < 20 && scale > 0; step++, beta *= 1.01)
        {
            double error = 0, sum = 0;
            foreach (double w in weights)
            {
                double code = Code(w, scheme, scale, zeroPoint), x = w - (code - zeroPoint) * scale;
                double kept = Math.Max(Math.Abs(x) - Math.Pow(Math.Abs(x), -0.3) / beta, 0);
                error += Math.Abs(x);
                sum += code - (w - Math.CopySign(kept, x)) / scale;
            }

            if (!(error < bestError))
                break;
            (best, bestError, zeroPoint) = (zeroPoint, error, sum / weights.Length);
        }

        return best;
    }

    private static double Scale(double[] weights, GroupScheme scheme, double scale)
    {
        double best = scale, bestError = double.PositiveInfinity;
        for (int step = 0; step < 20 && scale > 0; step++)
        {
            double error = 0, product = 0, square = 0;
            foreach (double w in weights)
            {
                double centred = Code(w, scheme, scale, scheme.MiddleCode) - scheme.MiddleCode;
                (error, product, square) = (error + Math.Pow(w - centred * scale, 2), product + w * centred, square + centred * centred);
            }

            if (!(error < bestError))
                break;
            (best, bestError, scale) = (scale, error, (double)(Half)(product / Math.Max(square, 1)));
        }

        return best;
    }

    private static double Distance(double[] weights, GroupScheme scheme, double scale, double zeroPoint)
    {
        zeroPoint = (double)(Half)zeroPoint;
        return weights.Sum(w => Cost(w - (Code(w, scheme, scale, zeroPoint) - zeroPoint) * scale, scheme));
    }

    private static double Code(double weight, GroupScheme scheme, double scale, double zeroPoint) =>
        Math.Round(Math.Clamp(scale == 0 ? zeroPoint : weight / scale + zeroPoint, 0, scheme.MaxCode), MidpointRounding.ToEven);

    // What the solver minimises: HQQ's norm is close to the sum of magnitudes, the symmetric one's is the square.
    private static double Cost(double error, GroupScheme scheme) => scheme.Symmetric ? error * error : Math.Abs(error);

    private static (double Scale, double ZeroPoint) Parameters(QuantizedGroups result, int row, int group)
    {
        int index = row * result.Scheme.GroupCount(result.Columns) + group;
        return ((double)result.Scales[index], (double)result.ZeroPoints[index]);
    }
}
