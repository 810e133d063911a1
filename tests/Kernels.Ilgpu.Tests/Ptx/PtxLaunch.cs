namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Runs a kernel's PTX without a device, group by group. Threads run one after the other up to barriers and tensor core instructions.</summary>
internal static class PtxLaunch
{
    public static void Run(PtxListing listing, PtxMemory memory, int gridX, int gridY, int threads)
    {
        PtxProgram program = PtxProgram.Parse(listing.Text);
        Dictionary<string, ulong> parameters = memory.Bind(program);
        for (int y = 0; y < gridY; y++)
            for (int x = 0; x < gridX; x++)
            {
                memory.NewGroup(program);
                Run([.. Enumerable.Range(0, threads).Select(thread => new PtxThread(program, memory, new Dictionary<string, ulong>(parameters)
                {
                    ["%tid.x"] = (ulong)thread,
                    ["%ntid.x"] = (ulong)threads,
                    ["%ctaid.x"] = (ulong)x,
                    ["%ctaid.y"] = (ulong)y,
                }))]);
            }
    }

    private static void Run(PtxThread[] threads)
    {
        while (threads.Any(thread => !thread.Ended))
        {
            foreach (PtxThread thread in threads)
                thread.Run();
            bool moved = false;
            foreach (PtxThread[] warp in threads.Chunk(32))
            {
                if (warp.Any(thread => thread.Ended) || warp[0].Waiting.Parts[0] != "mma")
                    continue;
                Assert.IsTrue(warp.All(thread => thread.Next == warp[0].Next), "The lanes of a warp are at different instructions.");
                PtxMatrix.Multiply(warp);
                moved = Pass(warp);
            }
            PtxThread[] waiting = [.. threads.Where(thread => !thread.Ended && thread.Waiting.Parts[0] == "bar")];
            if (waiting.Length > 0 && waiting.Length == threads.Length)
                moved = Pass(waiting);
            Assert.IsTrue(moved || threads.All(thread => thread.Ended), "Threads wait for others that have ended.");
        }
    }

    private static bool Pass(PtxThread[] threads)
    {
        foreach (PtxThread thread in threads)
            thread.Pass();
        return true;
    }
}
