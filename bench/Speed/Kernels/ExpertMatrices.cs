using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Benchmarks;

namespace MoEQuant.Speed.Kernels;

/// <summary>Many packed matrices of an expert's shape, one after the other in memory.</summary>
internal sealed unsafe class ExpertMatrices : IDisposable
{
    private readonly byte* _memory;
    private int _next;

    /// <param name="bits">Bits of a code.</param>
    /// <param name="bytes">Memory to fill.</param>
    public ExpertMatrices(int bits, long bytes)
    {
        Shape = new(768, 2048, bits, 64);
        Count = (int)(bytes / Shape.TotalBytes);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(Count * Shape.TotalBytes), 64);
        RandomBytes random = new(1);
        for (int matrix = 0; matrix < Count; matrix++)
            random.FillTiles(new Span<byte>(_memory + matrix * Shape.TotalBytes, (int)Shape.TotalBytes), Shape);
    }

    public PackedShape Shape { get; }

    public int Count { get; }

    public PackedMatrix this[int matrix] => new(_memory + matrix * Shape.TotalBytes, Shape);

    /// <summary>The first of some matrices that were not used for the longest time.</summary>
    public int Take(int count)
    {
        if (_next + count > Count)
            _next = 0;
        int first = _next;
        _next += count;
        return first;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
