namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Which accelerators a device may be made of.</summary>
public enum IlgpuAcceleratorKind
{
    /// <summary>GPUs: CUDA devices first, then OpenCL devices.</summary>
    Gpu,

    /// <summary>NVIDIA's GPUs through CUDA.</summary>
    Cuda,

    /// <summary>Devices of an OpenCL driver with OpenCL C 2.0.</summary>
    OpenCl,

    /// <summary>ILGPU's interpreter on this machine's processor: for debugging, thousands of times slower than the runtime without a device.</summary>
    Cpu,
}
