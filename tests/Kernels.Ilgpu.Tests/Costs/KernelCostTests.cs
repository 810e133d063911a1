namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Counts what product kernels cost, without a device, and prints the tables of docs/gpu.md.</summary>
[TestClass]
public sealed class KernelCostTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Listing_EveryProduct_StaysWithinLimits()
    {
        foreach (KernelCase kernel in KernelCase.All)
        {
            PtxListing listing = kernel.Compile();
            string[] loop = listing.LoopWithMost(kernel.Work);
            Assert.IsGreaterThan(0, loop.Length, $"{kernel.Name}: no loop");
            Assert.IsLessThanOrEqualTo(48 * 1024, listing.SharedBytes, $"{kernel.Name}: static shared memory");
            Assert.AreEqual(0, PtxListing.Count(loop, "ld.local") + PtxListing.Count(loop, "st.local"), $"{kernel.Name}: local memory in the loop");
            TestContext.WriteLine(FormattableString.Invariant(
                $"| {kernel.Name} | {kernel.BytesPerWeight:0.0000} | {KernelCase.PerWeight(loop.Length):0.0} | {listing.DeclaredRegisters} | {listing.SharedBytes} |"));
        }
    }

    [TestMethod]
    public void Assembly_EveryProduct_NeedsNoLocalMemory()
    {
        CudaTools.Require();
        foreach (KernelCase kernel in KernelCase.All)
        {
            PtxListing listing = kernel.Compile();
            foreach (GpuModel gpu in GpuModel.All)
            {
                MachineCode code = new(kernel, listing, gpu.Architecture);
                Assert.IsGreaterThan(0, code.Loop.Count, $"{kernel.Name} on {gpu.Architecture}: no loop");
                Assert.AreEqual(0, code.LocalBytes, $"{kernel.Name} on {gpu.Architecture}: stack or spilled registers");
                Assert.IsLessThanOrEqualTo(128, code.Registers, $"{kernel.Name} on {gpu.Architecture}: registers");
                double memory = gpu.MemoryLimit(kernel), instructions = gpu.InstructionLimit(code), rate = Math.Min(memory, instructions);
                TestContext.WriteLine(FormattableString.Invariant(
                    $"| {kernel.Name} | {gpu.Name} | {code.Registers} | {gpu.Occupancy(kernel, code):P0} | {KernelCase.PerWeight(code.Loop.Count):0.0} | {KernelCase.PerWeight(code.IntegerCount):0.0} | {memory:0} | {instructions:0} | {rate / memory:P0} | {rate * 2 / gpu.GigabytesPerSecond:0.0} |"));
            }
        }
    }

    [TestMethod]
    public void Assembly_GateAndUp_NeedsNoLocalMemory()
    {
        CudaTools.Require();
        foreach (KernelCase kernel in KernelCase.Gated)
        {
            PtxListing listing = kernel.Compile();
            foreach (GpuModel gpu in GpuModel.All)
            {
                MachineCode code = new(kernel, listing, gpu.Architecture);
                Assert.AreEqual(0, code.LocalBytes, $"{kernel.Name} on {gpu.Architecture}: stack or spilled registers");
                Assert.IsLessThanOrEqualTo(128, code.Registers, $"{kernel.Name} on {gpu.Architecture}: registers");
                TestContext.WriteLine(FormattableString.Invariant($"| {kernel.Name} | {gpu.Name} | {code.Registers} | {gpu.Occupancy(kernel, code):P0} |"));
            }
        }
    }
}
