namespace MoEQuant.Kernels;

/// <summary>The addresses within a low-rank factor, computed once from its shape and not in the loops.</summary>
internal readonly unsafe struct FactorLocation(LowRankFactor factor)
{
    private readonly byte* codes = factor.Data;
    private readonly byte* scales = factor.Data + factor.Shape.ScaleOffset;
    private readonly nint rowBytes = (nint)factor.Shape.RowBytes;
    private readonly int groups = factor.Shape.GroupCount;

    /// <summary>Columns in memory: whole groups.</summary>
    public int Columns => groups * FactorShape.GroupSize;

    /// <summary>The first code of a row.</summary>
    public byte* Row(int row) => codes + row * rowBytes;

    /// <summary>The scale of one group of a row.</summary>
    public float Scale(int row, int group) => HalfPrecision.ReadFinite(scales + 2 * (row * (nint)groups + group));
}
