namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>What limits a product on a GPU, by its maker's data sheet.</summary>
/// <param name="Name">The GPU.</param>
/// <param name="Architecture">Its architecture.</param>
/// <param name="Multiprocessors">Multiprocessors.</param>
/// <param name="Gigahertz">Boost clock.</param>
/// <param name="GigabytesPerSecond">Memory bandwidth.</param>
/// <param name="SharedKilobytes">Shared memory of a multiprocessor.</param>
/// <param name="MaxThreads">Threads of a multiprocessor.</param>
internal sealed record GpuModel(string Name, string Architecture, int Multiprocessors, double Gigahertz, double GigabytesPerSecond, int SharedKilobytes, int MaxThreads)
{
    private const int IssuedLanes = 128, IntegerLanes = 64, Registers = 65536, MaxGroups = 32, WarpSize = 32;

    public static IReadOnlyList<GpuModel> All { get; } =
    [
        new("A100 SXM 80 GB", "sm_80", 108, 1.41, 2039, 164, 2048),
        new("H100 SXM", "sm_90", 132, 1.98, 3350, 228, 2048),
        new("RTX 4090", "sm_89", 128, 2.52, 1008, 100, 1536),
    ];

    /// <summary>Weights per second, in thousands of millions, that memory delivers.</summary>
    public double MemoryLimit(KernelCase kernel) => GigabytesPerSecond / kernel.BytesPerWeight;

    /// <summary>The same for the instructions that can be issued, and for those of the integer units.</summary>
    public double InstructionLimit(MachineCode code) =>
        Multiprocessors * Gigahertz * Math.Min(IssuedLanes / KernelCase.PerWeight(code.Loop.Count), IntegerLanes / KernelCase.PerWeight(code.IntegerCount));

    /// <summary>The share of a multiprocessor's threads that can be resident.</summary>
    public double Occupancy(KernelCase kernel, MachineCode code)
    {
        int warps = kernel.Threads / WarpSize, registersPerWarp = (code.Registers + 7) / 8 * 8 * WarpSize;
        int groups = Math.Min(MaxGroups, MaxThreads / kernel.Threads);
        groups = Math.Min(groups, Registers / registersPerWarp / warps);
        groups = Math.Min(groups, SharedKilobytes * 1024 / (code.SharedBytes + 1024));
        return (double)(groups * kernel.Threads) / MaxThreads;
    }
}
