using System.Diagnostics;
using System.Numerics.Tensors;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Whole models on a device against the same models on this machine's processor.</summary>
public abstract class ModelTextSuite : KernelSuite
{
    private const int Tokens = 32;

    [TestMethod]
    public void Generate_SampleModel_WritesTheTokensOfTheProcessor() => AssertSameTokens(RepositoryPaths.SampleCheckpoint);

    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("tiny-mixtral")]
    [DataRow("tiny-deepseek-moe")]
    public void Generate_SharedModel_WritesTheTokensOfTheProcessor(string name) => AssertSameTokens(SharedModels.Require(name));

    [TestMethod]
    public void Load_BudgetTooSmall_ThrowsItsCode()
    {
        using PackedCheckpoint packed = new(RepositoryPaths.SampleCheckpoint);
        using IlgpuDevice device = IlgpuDevice.Create(Accelerator, 5_000_000);
        var error = Assert.ThrowsExactly<MoEQuantException>(() => MoEModel.Load(packed.Path, new MoEModelOptions { Device = device }));
        Assert.AreEqual("MOEQ5060", error.Code);
        StringAssert.Contains(error.Message, "available are 5000000 of a budget of 5000000", StringComparison.Ordinal);
        Assert.AreEqual(0, device.AllocatedBytes);
    }

    private void AssertSameTokens(string checkpoint)
    {
        Accelerator.Synchronize();
        using PackedCheckpoint packed = new(checkpoint);
        using IlgpuDevice device = IlgpuDevice.Create(Accelerator, 1L << 30);
        using MoEModel processor = MoEModel.Load(packed.Path, new MoEModelOptions { ActivationPrecision = ActivationPrecision.Exact }), onDevice = MoEModel.Load(packed.Path, new MoEModelOptions { Device = device, ContextLength = 128 });
        int[] prompt = processor.Tokenizer.Encode("Once upon a time there was a little girl who");

        (int[] tokens, float[] logits) expected = Write(processor, prompt);
        var watch = Stopwatch.StartNew();
        (int[] tokens, float[] logits) actual = Write(onDevice, prompt);

        double largest = expected.logits.Max(Math.Abs), difference = expected.logits.Zip(actual.logits).Max(pair => Math.Abs(pair.First - pair.Second));
        TestContext.WriteLine(FormattableString.Invariant(
            $"{Path.GetFileName(checkpoint)} on {Accelerator.AcceleratorType}: {prompt.Length} + {Tokens} tokens in {watch.Elapsed.TotalSeconds:F1} s; logits after the prompt differ by at most {difference:0.0e+0}, the largest is {largest:F1}"));
        CollectionAssert.AreEqual(expected.tokens, actual.tokens);
        Assert.IsLessThan(1e-4 * largest, difference);
    }

    private static (int[] Tokens, float[] Logits) Write(MoEModel model, int[] prompt)
    {
        using InferenceSession session = model.CreateSession();
        ReadOnlySpan<float> logits = session.Process(prompt);
        float[] first = logits.ToArray();
        int[] tokens = new int[Tokens];
        for (int i = 0; i < Tokens; i++)
        {
            tokens[i] = TensorPrimitives.IndexOfMax(logits);
            logits = session.Process([tokens[i]]);
        }

        return (tokens, first);
    }
}
