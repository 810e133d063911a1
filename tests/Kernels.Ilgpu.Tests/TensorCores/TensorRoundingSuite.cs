using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Which matrices take tensor cores, and that what stands for them in tests computes what they do.</summary>
public abstract class TensorRoundingSuite : KernelSuite
{
    [TestMethod]
    public void Multiply_WithRoundedInputs_AgreesWithTheInterpretedTensorCores()
    {
        Random random = new(9);
        PackedShape shape = new(20, 130, 3, 64);
        using ExpertCase gate = new(random, [shape], [2]), up = new(random, [shape], [5]);
        RoundedTokens x = new(random, 3, 130);
        float[] expected = new TensorLaunch([gate.Operands, up.Operands], x, 3, 3).Multiply(
            PtxListing.Compile("MultiplyGated", typeof(TensorProductKernels<TensorCodes3>).GetMethod("MultiplyGated")!));

        PackedProduct<float> product = RoundedLauncher.CreateProducts(Accelerator, out RoundedLauncher launcher);
        using (launcher)
        {
            using PackedWeights gates = new(Accelerator, gate.Operands), ups = new(Accelerator, up.Operands);
            float[] inputs = [.. Enumerable.Range(0, 3 * 130).Select(index => (float)x.Value(index / 130, index % 130))];
            using MemoryBuffer1D<float, Stride1D.Dense> values = Accelerator.Allocate1D(inputs), y = Untouched(3 * 20), work = Untouched(product.WorkLength(gates, ups, 3));
            product.MultiplyGated(Stream, gates, ups, values.View, 3, work.View, y.View);
            float largest = expected.Max(MathF.Abs);
            foreach ((float one, float other) in expected.Zip(y.GetAsArray1D()))
                Assert.AreEqual(one, other, 1e-5f * largest);
        }
    }

    [TestMethod]
    public void Multiply_MatrixThatTensorCoresDoNotKnow_TakesThePortableKernel()
    {
        Random random = new(10);
        PackedProduct<float> product = RoundedLauncher.CreateProducts(Accelerator, out RoundedLauncher launcher);
        using (launcher)
        {
            Assert.IsTrue(product.UsesTensorCores);
            foreach ((int bits, int groupSize, int calls) in new[] { (8, 64, 0), (3, 32, 0), (4, 32, 0), (3, 64, 1), (4, 128, 2) })
            {
                using PackedCase matrix = new(random, new PackedShape(20, 130, bits, groupSize));
                using TokenCase tokens = new(random, 2, 130);
                using PackedWeights weights = new(Accelerator, new LinearOperand(matrix.Matrix));
                using MemoryBuffer1D<float, Stride1D.Dense> x = Accelerator.Allocate1D(Values(tokens)), y = Untouched(40), work = Untouched(product.WorkLength(weights, 2));
                product.Multiply(Stream, weights, x.View, 2, work.View, y.View);
                Assert.IsFalse(y.GetAsArray1D().Any(float.IsNaN));
                Assert.AreEqual(calls, launcher.Calls.Values.Sum(), $"{bits} bits, groups of {groupSize}");
            }
        }
    }
}
