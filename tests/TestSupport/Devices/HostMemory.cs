using System.Runtime.InteropServices;

namespace MoEQuant.TestSupport.Devices;

/// <summary>Bytes outside the managed heap.</summary>
internal sealed unsafe class HostMemory : IDisposable
{
    public HostMemory(long bytes) => Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);

    ~HostMemory() => Dispose();

    public byte* Pointer { get; private set; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }
}
