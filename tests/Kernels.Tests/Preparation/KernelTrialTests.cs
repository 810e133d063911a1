namespace MoEQuant.Kernels.Tests.Preparation;

/// <summary>Preparation calls real operations: each must accept what it is given, on every kernel of this machine.</summary>
[TestClass]
public sealed class KernelTrialTests
{
    [TestMethod]
    public void Operations_AllKindsOnEveryKernel_AreAccepted()
    {
        foreach (MatrixKernel kernel in KernelCatalog.Available)
        {
            using KernelTrial trial = new(kernel);
            foreach (int bits in (int[])[3, 4, 8])
                foreach ((int activationBits, int group) in ((int, int)[])[(0, 0), (8, 64), (8, 0), (4, 128)])
                    foreach (int tokens in (int[])[1, KernelTrial.Batch])
                        trial.Multiply(new KernelUse(bits, 8, activationBits, group), tokens);
            foreach (int tokens in (int[])[1, KernelTrial.Batch])
            {
                trial.Compensate(8, tokens);
                trial.Compensate(3, tokens);
                trial.MultiplyDense(tokens);
            }

            trial.Attend(DenseType.F32);
            trial.Attend(DenseType.BF16);
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trial.Compensate(5, 1), "A call that is not possible is not passed over.");
        }
    }
}
