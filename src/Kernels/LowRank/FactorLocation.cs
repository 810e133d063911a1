namespace MoEQuant.Kernels;

/// <summary>The addresses within a low-rank factor, computed once from its shape and not in the loops.</summary>
internal readonly unsafe struct FactorLocation(LowRankFactor factor)
{
    private readonly byte* _codes = factor.Data;
    private readonly byte* _scales = factor.Data + factor.Shape.ScaleOffset;
    private readonly nint _rowBytes = (nint)factor.Shape.RowBytes;
    private readonly int _groups = factor.Shape.GroupCount;

    /// <summary>Columns in memory: whole groups.</summary>
    public int Columns => _groups * FactorShape.GroupSize;

    /// <summary>The first code of a row.</summary>
    public byte* Row(int row) => _codes + row * _rowBytes;

    /// <summary>The scale of one group of a row.</summary>
    public float Scale(int row, int group) => HalfPrecision.ReadFinite(_scales + 2 * (row * (nint)_groups + group));
}
