namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Random tokens that half precision represents.</summary>
internal sealed class RoundedTokens : ITokens
{
    private readonly int _columns;

    public RoundedTokens(Random random, int count, int columns)
    {
        _columns = columns;
        Bits = [.. Enumerable.Range(0, count * columns).Select(_ => BitConverter.HalfToUInt16Bits((Half)((random.NextDouble() * 4) - 2)))];
    }

    public ushort[] Bits { get; }

    public double Value(int token, int column) => LayoutOracle.Half(Bits[(token * _columns) + column]);
}
