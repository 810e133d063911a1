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
}
