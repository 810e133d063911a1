namespace MoEQuant.Kernels;

/// <summary>A piece of work that can be cut into numbered chunks. Callers make it once and reuse it, so that running it allocates
/// nothing.</summary>
public abstract class ParallelWork
{
    /// <summary>Does one chunk. Called once per chunk, on any thread, several at a time.</summary>
    /// <param name="chunk">The chunk, 0..chunkCount − 1.</param>
    /// <param name="worker">The worker, 0..ThreadCount − 1; no two calls at the same time have the same one, so it can index scratch
    /// memory.</param>
    public abstract void Execute(int chunk, int worker);
}
