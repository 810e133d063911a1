using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Has a kernel's code compiled while something else is done, for example while a tokenizer is loaded: it calls the kernel on matrices of one tile that are zero.</summary>
/// <remarks>
/// Kernels are compiled by the just-in-time compiler for the processor at hand, at once in their final form; that takes longer than everything else on the way to the first token. A call that comes while its code is being
/// compiled waits for it. On one processor, and where code is compiled ahead of time, there is nothing to gain and nothing is done.
/// </remarks>
public sealed class KernelPreparation
{
    private readonly MatrixKernel _kernel;
    private readonly IReadOnlyCollection<KernelUse> _uses;
    private int _batchesBegun;

    private KernelPreparation(MatrixKernel kernel, IReadOnlyCollection<KernelUse> uses)
    {
        _kernel = kernel;
        _uses = uses;
    }

    private static bool IsUseful => RuntimeFeature.IsDynamicCodeCompiled && Environment.ProcessorCount > 1;

    /// <summary>Starts with what every text needs, products with one token and attention, on the thread pool and returns.</summary>
    /// <param name="kernel">The kernel that is going to be used.</param>
    /// <param name="uses">The kinds of matrices that it is going to multiply with; a router in single precision and attention are always among its work.</param>
    /// <param name="keysAndValues">The type of the attention's cache: F32 or BF16.</param>
    public static KernelPreparation Begin(MatrixKernel kernel, IReadOnlyCollection<KernelUse> uses, DenseType keysAndValues)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(uses);
        KernelPreparation preparation = new(kernel, uses);
        if (!IsUseful)
            return preparation;
        preparation.StartProducts(tokens: 1, head: false);
        preparation.Start(trial => trial.Attend(keysAndValues));
        preparation.Start(trial => trial.MultiplyDense(tokens: 1));
        preparation.StartProducts(tokens: 1, head: true);
        return preparation;
    }

    /// <summary>Starts with products of many tokens, once, when a text comes that has so many. Short ones do without, and would have to share the processors with the compiler.</summary>
    /// <param name="tokens">Tokens that are about to be computed.</param>
    public void Expect(int tokens)
    {
        if (tokens < KernelTrial.Batch || Volatile.Read(ref _batchesBegun) != 0 || !IsUseful || Interlocked.Exchange(ref _batchesBegun, 1) != 0)
            return;
        StartProducts(KernelTrial.Batch, head: false);
        Start(trial => trial.MultiplyDense(KernelTrial.Batch));
    }

    // The head has 8 bits; a prompt needs it for its last token alone.
    private void StartProducts(int tokens, bool head)
    {
        foreach (KernelUse use in _uses)
        {
            if (use.Bits == 8 != head)
                continue;
            Start(trial => trial.Multiply(use, tokens));
            if (use.FactorBits > 0)
                Start(trial => trial.Compensate(use.FactorBits, tokens));
        }
    }

    private void Start(Action<KernelTrial> work) => Task.Run(() =>
    {
        using KernelTrial trial = new(_kernel);
        work(trial);
    });
}
