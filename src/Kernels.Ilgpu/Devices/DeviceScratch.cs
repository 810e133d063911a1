using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Working memory that grows with what is asked for, within the budget of a device. What one operation leaves there, the next one overwrites.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
/// <param name="accelerator">The device.</param>
/// <param name="stream">What uses the memory.</param>
/// <param name="reserve">Takes bytes from the budget, or throws.</param>
/// <param name="release">Gives bytes back.</param>
internal sealed unsafe class DeviceScratch<T>(Accelerator accelerator, AcceleratorStream stream, Action<long> reserve, Action<long> release) : IDisposable
    where T : unmanaged
{
    private MemoryBuffer1D<T, Stride1D.Dense>? _memory;

    /// <summary>At least so many elements, at least one: no view may be empty.</summary>
    public ArrayView<T> Take(long length)
    {
        if (_memory is null || _memory.Length < length)
            Grow(Math.Max(1, length));
        return _memory!.View;
    }

    public void Dispose() => _memory?.Dispose();

    private void Grow(long length)
    {
        // Operations that are under way may still use the old memory.
        stream.Synchronize();
        if (_memory is { } old)
        {
            _memory = null;
            release(old.Length * sizeof(T));
            old.Dispose();
        }

        reserve(length * sizeof(T));
        try
        {
            _memory = accelerator.Allocate1D<T>(length);
        }
        catch
        {
            release(length * sizeof(T));
            throw;
        }
    }
}
