using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Hqq;
using MoEQuant.Quantizer.Numerics;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary><see cref="GroupQuantizer"/> on a device: all groups of many rows are one batch [groups, columns of a group].</summary>
/// <remarks>The scalars of a group start as on the managed device, from its smallest and largest weight. Sums run in another order, so that few codes may differ where two are equally good.</remarks>
internal static class TorchGroupQuantizer
{
    /// <summary>Weights of one batch: a dozen tensors of this many floats are alive at once.</summary>
    private const int BatchWeights = 1 << 22;

    /// <summary>Quantizes; see <see cref="GroupQuantizer.Quantize"/>.</summary>
    public static void Quantize(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized, Device device)
    {
        if (result is not null && (weights.Rows != result.Rows || weights.Columns != result.Columns || scheme != result.Scheme))
            throw new ArgumentException($"A {weights.Rows} x {weights.Columns} matrix does not fit a result of {result.Rows} x {result.Columns}.", nameof(result));
        if (dequantized is not null && (weights.Rows != dequantized.Rows || weights.Columns != dequantized.Columns))
            throw new ArgumentException($"A {weights.Rows} x {weights.Columns} matrix does not fit {dequantized.Rows} x {dequantized.Columns}.", nameof(dequantized));
        int batch = Math.Max(BatchWeights / weights.Columns, 1), whole = weights.Columns / scheme.GroupSize * scheme.GroupSize;
        for (int first = 0; first < weights.Rows; first += batch)
        {
            int rows = Math.Min(batch, weights.Rows - first);
            // The last group of a row may be shorter: a batch of its own.
            if (whole > 0)
                DeviceMemory.Use(() => QuantizeBatch(new(weights, first, rows, 0, whole), scheme, solver, result, dequantized, device));
            if (whole < weights.Columns)
                DeviceMemory.Use(() => QuantizeBatch(new(weights, first, rows, whole, weights.Columns - whole), scheme, solver, result, dequantized, device));
        }
    }

    private static void QuantizeBatch(GroupBatch batch, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized, Device device)
    {
        Tensor w = batch.Upload(scheme.GroupSize, device);
        (Tensor scale, Tensor zeroPoint) = Start(w, scheme, device);
        if (solver == GroupSolver.Hqq && scheme.Symmetric)
            scale = TorchSymmetricSolver.Solve(w, scheme.MiddleCode, scale);
        else if (solver == GroupSolver.Hqq)
            zeroPoint = TorchHqqSolver.Solve(w, scheme.MaxCode, scale, zeroPoint);
        zeroPoint = HalfTensor.Round(zeroPoint);
        Tensor codes = (w * HalfTensor.Inverse(scale)).Plus(zeroPoint).clamp(LastingScalar.Of(0), LastingScalar.Of(scheme.MaxCode)).round();
        if (result is not null)
            batch.Store(scale, zeroPoint, codes, result);
        if (dequantized is not null)
            batch.Store((codes - zeroPoint) * scale, dequantized);
    }

    private static (Tensor Scale, Tensor ZeroPoint) Start(Tensor weights, GroupScheme scheme, Device device)
    {
        float[] lowest = TensorTransfer.ToArray<float>(weights.amin(1)), highest = TensorTransfer.ToArray<float>(weights.amax(1));
        float[] scales = new float[lowest.Length], zeroPoints = new float[lowest.Length];
        for (int i = 0; i < lowest.Length; i++)
            if (scheme.Symmetric)
                (scales[i], zeroPoints[i]) = ((float)GroupStart.Symmetric(lowest[i], highest[i], scheme.MiddleCode), scheme.MiddleCode);
            else
            {
                (Half scale, zeroPoints[i]) = GroupStart.Asymmetric(lowest[i], highest[i], scheme.MaxCode);
                scales[i] = (float)scale;
            }

        return (TensorTransfer.Upload(scales, device).unsqueeze(1), TensorTransfer.Upload(zeroPoints, device).unsqueeze(1));
    }
}
