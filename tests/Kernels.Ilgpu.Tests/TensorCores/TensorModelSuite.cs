using System.Numerics.Tensors;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>What rounding inputs to half precision, as products on tensor cores do, changes in whole models; and that a device asks for tensor cores where matrices suit them.</summary>
public abstract class TensorModelSuite : KernelSuite
{
    private const int Tokens = 32;

    /// <summary>The bound of docs/gpu.md: how much logits may move, as a share of the largest.</summary>
    private const double LargestChange = 5e-4;

    [TestMethod]
    public void Process_SampleModel_ChangesLogitsWithinTheBound() => AssertChange(RepositoryPaths.SampleCheckpoint);

    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("tiny-mixtral")]
    [DataRow("tiny-deepseek-moe")]
    public void Process_SharedModel_ChangesLogitsWithinTheBound(string name) => AssertChange(SharedModels.Require(name));

    private void AssertChange(string checkpoint)
    {
        using PackedCheckpoint packed = new(checkpoint);
        PackedProduct<float> products = RoundedLauncher.CreateProducts(Accelerator, out RoundedLauncher launcher);
        using (launcher)
        {
            using IlgpuDevice device = IlgpuDevice.Create(Accelerator, 1L << 30, products);
            Assert.IsTrue(device.UsesTensorCores);
            using MoEModel exact = MoEModel.Load(packed.Path, new MoEModelOptions { ActivationPrecision = ActivationPrecision.Exact }), rounded = MoEModel.Load(packed.Path, new MoEModelOptions { Device = device, ContextLength = 128 });
            using InferenceSession one = exact.CreateSession(), other = rounded.CreateSession();
            int[] next = exact.Tokenizer.Encode("Once upon a time there was a little girl who");
            double largest = 0, change = 0;
            int same = 0;
            for (int step = 0; step <= Tokens; step++)
            {
                // Both read the same tokens: a change of one does not decide what the next logits are of.
                ReadOnlySpan<float> expected = one.Process(next), actual = other.Process(next);
                for (int i = 0; i < expected.Length; i++)
                {
                    largest = Math.Max(largest, Math.Abs(expected[i]));
                    change = Math.Max(change, Math.Abs(expected[i] - actual[i]));
                }

                int token = TensorPrimitives.IndexOfMax(expected);
                same += token == TensorPrimitives.IndexOfMax(actual) ? 1 : 0;
                next = [token];
            }

            TestContext.WriteLine(FormattableString.Invariant(
                $"{Path.GetFileName(checkpoint)}, inputs rounded as for tensor cores: logits of {Tokens + 1} positions move by at most {change:0.0e+0}, {change / largest:0.0e+0} of the largest, {largest:F1}; {same} of {Tokens + 1} most probable tokens stay"));
            Assert.IsLessThan(LargestChange * largest, change);
            Assert.IsGreaterThan(1e-7 * largest, change, "Nothing was rounded.");

            // In every layer queries, keys, values and outputs; in those with experts two products, gate with up, and down.
            int layers = exact.Config.LayerCount, withExperts = Enumerable.Range(0, layers).Count(exact.Config.IsMoeLayer), passes = Tokens + 1;
            Assert.AreEqual(withExperts * passes, launcher.Calls[(true, true)]);
            Assert.AreEqual(withExperts * passes, launcher.Calls[(true, false)]);
            Assert.IsGreaterThanOrEqualTo(4 * layers * passes, launcher.Calls[(false, false)]);
        }
    }
}
