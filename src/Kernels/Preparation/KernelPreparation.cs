using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Has a kernel's code compiled while something else is done, for example while a tokenizer is loaded: it calls the kernel on matrices of one tile that are zero.</summary>
/// <remarks>
/// Kernels are compiled by the just-in-time compiler for the processor at hand, at once in their final form; that takes longer than everything else on the way to the first token. A call that comes while its code is being
/// compiled waits for it. On one processor, and where code is compiled ahead of time, there is nothing to gain and nothing is done.
/// </remarks>
public static class KernelPreparation
{
    /// <summary>Starts on the thread pool and returns.</summary>
    /// <param name="kernel">The kernel that is going to be used.</param>
    /// <param name="uses">The kinds of matrices that it is going to multiply with; a router in single precision and attention are always among its work.</param>
    /// <param name="keysAndValues">The type of the attention's cache: F32 or BF16.</param>
    public static void Begin(MatrixKernel kernel, IReadOnlyCollection<KernelUse> uses, DenseType keysAndValues)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(uses);
        if (!RuntimeFeature.IsDynamicCodeCompiled || Environment.ProcessorCount == 1)
            return;
        // In the order in which a prompt comes to them: the head, which has 8 bits, is last.
        StartProducts(head: false);
        Start(trial => trial.Attend(keysAndValues));
        Start(trial => trial.MultiplyDense());
        StartProducts(head: true);

        void StartProducts(bool head)
        {
            foreach (KernelUse use in uses)
            {
                if (use.Bits == 8 != head)
                    continue;
                Start(trial => trial.Multiply(use, KernelTrial.Batch));
                if (use.FactorBits > 0)
                    Start(trial => trial.Compensate(use.FactorBits));
                Start(trial => trial.Multiply(use, tokens: 1));
            }
        }

        void Start(Action<KernelTrial> work) => Task.Run(() =>
        {
            using KernelTrial trial = new(kernel);
            work(trial);
        });
    }
}
