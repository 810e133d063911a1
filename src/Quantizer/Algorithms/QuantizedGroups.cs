using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>Codes, scales and zero points of a matrix: ŵ[n, k] = (Codes[n, k] − ZeroPoints[n, g]) · Scales[n, g] with g = k / GroupSize, scales and zero points as stored.</summary>
internal sealed class QuantizedGroups
{
    public QuantizedGroups(int rows, int columns, GroupScheme scheme)
    {
        Rows = rows;
        Columns = columns;
        Scheme = scheme;
        Codes = new byte[checked(rows * columns)];
        Scales = new Half[checked(rows * scheme.GroupCount(columns))];
        ZeroPoints = new Half[Scales.Length];
    }

    public int Rows { get; }

    public int Columns { get; }

    public GroupScheme Scheme { get; }

    /// <summary>Row-major [N, K], each 0 … MaxCode.</summary>
    public byte[] Codes { get; }

    /// <summary>Row-major [N, groups].</summary>
    public Half[] Scales { get; }

    /// <summary>Row-major [N, groups]; the middle code everywhere when the scheme is symmetric.</summary>
    public Half[] ZeroPoints { get; }

    /// <summary>Copies codes and parameters of the same shape and scheme.</summary>
    public void CopyFrom(QuantizedGroups source)
    {
        source.Codes.CopyTo(Codes, 0);
        source.Scales.CopyTo(Scales, 0);
        source.ZeroPoints.CopyTo(ZeroPoints, 0);
    }

    /// <summary>Writes ŵ.</summary>
    /// <param name="target">[N, K]; overwritten.</param>
    public void Dequantize(FloatMatrix target)
    {
        if (target.Rows != Rows || target.Columns != Columns)
            throw new ArgumentException($"A {target.Rows} x {target.Columns} matrix does not fit {Rows} x {Columns}.", nameof(target));
        int groups = Scheme.GroupCount(Columns);
        for (int row = 0; row < Rows; row++)
        {
            Span<float> values = target.Row(row);
            for (int group = 0; group < groups; group++)
            {
                float scale = (float)Scales[row * groups + group], zeroPoint = (float)ZeroPoints[row * groups + group];
                int first = group * Scheme.GroupSize, end = Math.Min(first + Scheme.GroupSize, Columns);
                for (int k = first; k < end; k++)
                    values[k] = (Codes[row * Columns + k] - zeroPoint) * scale;
            }
        }
    }
}
