using System.Runtime.InteropServices;

namespace MoEQuant.Runtime.Memory;

/// <summary>
/// A block of native memory, 64-byte aligned, not cleared: pages that are never written cost no resident memory. Freed on Dispose, or by the finalizer.
/// </summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private T* _pointer;

    public NativeArray(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _pointer = (T*)NativeMemory.AlignedAlloc(checked((nuint)Math.Max(length, 1) * (nuint)sizeof(T)), 64);
    }

    ~NativeArray() => Free();

    public long Length { get; }

    public T* Pointer => _pointer is not null ? _pointer : throw new ObjectDisposedException(nameof(NativeArray<T>));

    public Span<T> Span(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        return new Span<T>(Pointer + start, length);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
