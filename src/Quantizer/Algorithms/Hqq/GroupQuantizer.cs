using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Hqq;

/// <summary>Group quantization of whole matrices, 16 rows at a time with one row per lane.</summary>
/// <remarks>
/// ŵ = (q − z)·s with q = clamp(round(w/s + z), 0, 2^b − 1). Scales and zero points are rounded to fp16 before the codes are chosen: what is stored is what was optimised.
/// Rows never influence each other, so any partition of the rows gives the same bits.
/// </remarks>
internal static unsafe class GroupQuantizer
{
    /// <summary>Rows of one tile.</summary>
    public const int TileRows = 16;

    private const float RoundingMagic = 12582912f;

    /// <summary>Quantizes <paramref name="weights"/>, which are finite and within fp16's range; fills whichever of the result and the matrix of dequantized weights is wanted.</summary>
    public static void Quantize(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized)
    {
        if (result is not null && (weights.Rows != result.Rows || weights.Columns != result.Columns || scheme != result.Scheme))
            throw new ArgumentException($"A {weights.Rows} x {weights.Columns} matrix does not fit a result of {result.Rows} x {result.Columns}.", nameof(result));
        if (dequantized is not null && (weights.Rows != dequantized.Rows || weights.Columns != dequantized.Columns))
            throw new ArgumentException($"A {weights.Rows} x {weights.Columns} matrix does not fit {dequantized.Rows} x {dequantized.Columns}.", nameof(dequantized));
        float* lanes = stackalloc float[scheme.GroupSize * TileRows + 16];
        lanes = (float*)(((nint)lanes + 63) & ~63);
        for (int firstRow = 0; firstRow < weights.Rows; firstRow += TileRows)
            for (int group = 0; group < scheme.GroupCount(weights.Columns); group++)
            {
                int rows = Math.Min(TileRows, weights.Rows - firstRow);
                int length = Math.Min(scheme.GroupSize, weights.Columns - group * scheme.GroupSize);
                TransposeIn(weights, firstRow, rows, group * scheme.GroupSize, length, lanes);
                (Vector512<float> scale, Vector512<float> zeroPoint) = FindParameters(lanes, length, scheme, solver);
                if (result is not null)
                {
                    StoreParameters(scale, zeroPoint, firstRow, rows, group, result);
                    StoreCodes(lanes, length, scale, zeroPoint, firstRow, rows, group, result);
                }

                if (dequantized is null)
                    continue;
                Dequantize(lanes, length, scheme, scale, zeroPoint);
                TransposeOut(lanes, dequantized, firstRow, rows, group * scheme.GroupSize, length);
            }
    }

    private static (Vector512<float> Scale, Vector512<float> ZeroPoint) FindParameters(float* weights, int length, GroupScheme scheme, GroupSolver solver)
    {
        Vector512<float> lowest = Vector512.Load(weights), highest = lowest;
        for (int k = 1; k < length; k++)
        {
            Vector512<float> w = Vector512.Load(weights + k * TileRows);
            lowest = Vector512.MinNative(lowest, w);
            highest = Vector512.MaxNative(highest, w);
        }

        Span<float> scales = stackalloc float[TileRows], zeroPoints = stackalloc float[TileRows];
        for (int lane = 0; lane < TileRows; lane++)
            if (scheme.Symmetric)
                (scales[lane], zeroPoints[lane]) = ((float)GroupStart.Symmetric(lowest[lane], highest[lane], scheme.MiddleCode), scheme.MiddleCode);
            else
            {
                (Half scale, zeroPoints[lane]) = GroupStart.Asymmetric(lowest[lane], highest[lane], scheme.MaxCode);
                scales[lane] = (float)scale;
            }

        Vector512<float> s = Vector512.Create<float>(scales), z = Vector512.Create<float>(zeroPoints);
        if (solver == GroupSolver.Hqq && scheme.Symmetric)
            s = SymmetricSolver.Solve(weights, length, scheme.MiddleCode, s);
        else if (solver == GroupSolver.Hqq)
            z = HqqSolver.Solve(weights, length, scheme.MaxCode, s, HalfLanes.Inverse(s), z);
        return (s, HalfLanes.Round(z));
    }

    private static void StoreParameters(Vector512<float> scale, Vector512<float> zeroPoint, int firstRow, int rows, int group, QuantizedGroups result)
    {
        int groups = result.Scheme.GroupCount(result.Columns);
        for (int lane = 0; lane < rows; lane++)
        {
            result.Scales[(firstRow + lane) * groups + group] = (Half)scale[lane];
            result.ZeroPoints[(firstRow + lane) * groups + group] = (Half)zeroPoint[lane];
        }
    }

    private static void StoreCodes(float* lanes, int length, Vector512<float> scale, Vector512<float> zeroPoint, int firstRow, int rows, int group, QuantizedGroups result)
    {
        GroupScheme scheme = result.Scheme;
        Vector512<float> inverse = HalfLanes.Inverse(scale), max = Vector512.Create((float)scheme.MaxCode);
        // The low byte of a number shifted by the magic constant is its code.
        int* shifted = stackalloc int[scheme.GroupSize * TileRows];
        for (int k = 0; k < length; k++)
            Shift(Vector512.Load(lanes + k * TileRows), inverse, zeroPoint, max).AsInt32().Store(shifted + k * TileRows);
        for (int lane = 0; lane < rows; lane++)
        {
            Span<byte> codes = result.Codes.AsSpan((firstRow + lane) * result.Columns + group * scheme.GroupSize, length);
            for (int k = 0; k < length; k++)
                codes[k] = (byte)shifted[k * TileRows + lane];
        }
    }

    /// <summary>Replaces the weights in <paramref name="lanes"/> by what their codes stand for.</summary>
    private static void Dequantize(float* lanes, int length, GroupScheme scheme, Vector512<float> scale, Vector512<float> zeroPoint)
    {
        Vector512<float> inverse = HalfLanes.Inverse(scale), max = Vector512.Create((float)scheme.MaxCode), magic = Vector512.Create(RoundingMagic);
        for (int k = 0; k < length; k++)
            ((Shift(Vector512.Load(lanes + k * TileRows), inverse, zeroPoint, max) - magic - zeroPoint) * scale).Store(lanes + k * TileRows);
    }

    /// <summary>clamp(w/s + z) moved by 1.5·2^23, which rounds it to an integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Shift(Vector512<float> weights, Vector512<float> inverse, Vector512<float> zeroPoint, Vector512<float> max) =>
        Vector512.MinNative(Vector512.MaxNative(weights * inverse + zeroPoint, Vector512<float>.Zero), max) + Vector512.Create(RoundingMagic);

    private static void TransposeIn(FloatMatrix source, int firstRow, int rows, int firstColumn, int length, float* lanes)
    {
        for (int lane = 0; lane < TileRows; lane++)
        {
            float* row = lane < rows ? source.RowPointer(firstRow + lane) + firstColumn : null;
            for (int k = 0; k < length; k++)
                lanes[k * TileRows + lane] = row is not null ? row[k] : 0;
        }
    }

    private static void TransposeOut(float* lanes, FloatMatrix target, int firstRow, int rows, int firstColumn, int length)
    {
        for (int lane = 0; lane < rows; lane++)
        {
            float* row = target.RowPointer(firstRow + lane) + firstColumn;
            for (int k = 0; k < length; k++)
                row[k] = lanes[k * TileRows + lane];
        }
    }
}
