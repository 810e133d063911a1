using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Tests.Model;
using MoEQuant.Runtime.Tests.Weights;
using MoEQuant.TestSupport.Devices;

namespace MoEQuant.Runtime.Tests.Devices;

/// <summary>What a device refuses, and whom its memory belongs to.</summary>
[TestClass]
public sealed class DeviceLimitsTests
{
    private static readonly RandomModel Random = RandomModel.Create("DeepseekForCausalLM", seed: 21);

    [TestMethod]
    public void Load_BudgetOneByteTooSmall_ThrowsItsCodeWithTheNumbers()
    {
        long needed = MemoryOfOneText();
        using HostDevice device = new(needed - 1);

        var error = Assert.ThrowsExactly<MoEQuantException>(() => Load(device));

        Assert.AreEqual("MOEQ5060", error.Code);
        StringAssert.Contains(error.Message, $"{needed} bytes are needed", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, $"available are {needed - 1} of a budget of {needed - 1}", StringComparison.Ordinal);
        Assert.AreEqual(0, device.AllocatedBytes);
    }

    [TestMethod]
    public void CreateSession_BudgetForOneText_RefusesTheSecondUntilTheFirstIsDisposed()
    {
        using HostDevice device = new(MemoryOfOneText());
        using MoEModel model = Load(device);
        InferenceSession first = model.CreateSession();
        Assert.AreEqual(0, device.AvailableBytes);

        var error = Assert.ThrowsExactly<MoEQuantException>(() => model.CreateSession());
        Assert.AreEqual("MOEQ5061", error.Code);
        Assert.AreEqual(0, device.AvailableBytes, "a refused session keeps nothing");

        first.Process([1, 2, 3]);
        first.Dispose();
        using InferenceSession second = model.CreateSession();
        second.Process([1, 2, 3]);
    }

    [TestMethod]
    public void Dispose_SessionsAndModel_GiveAllMemoryBack()
    {
        using HostDevice device = new();
        MoEModel model = Load(device);
        long weights = device.AllocatedBytes;
        InferenceSession first = model.CreateSession(), second = model.CreateSession();
        Assert.AreEqual(2 * (MemoryOfOneText() - weights), device.AllocatedBytes - weights, "sessions share the weights");

        first.Dispose();
        first.Dispose();
        model.Dispose();
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => second.Process([1]));
        second.Dispose();
        Assert.AreEqual(0, device.AllocatedBytes);
    }

    [TestMethod]
    public void Process_DeviceDisposed_ThrowsObjectDisposed()
    {
        HostDevice device = new();
        using MoEModel model = Load(device);
        using InferenceSession session = model.CreateSession();
        device.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => session.Process([1]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.CreateSession());
    }

    [TestMethod]
    [DataRow(8, 0, false, "quantized to 8 bits")]
    [DataRow(0, 32, false, "rotated in blocks of 32")]
    [DataRow(8, 32, false, "rotated in blocks of 32 and quantized to 8 bits")]
    [DataRow(0, 0, true, "quantized to 8 bits")]
    public void Load_TreatedActivations_ThrowsItsCode(int bits, int rotationBlock, bool asked, string mentions)
    {
        using TemporaryFolder folder = new();
        RandomModel random = RandomModel.Create("OlmoeForCausalLM", seed: 4, ("hidden_size", 64), ("intermediate_size", 64));
        PackedTestModel.Write(folder.File("m.moeq"), random, 3, 32, 2, activations: new PackedActivations(bits, bits == 0 ? 0 : 32, bits == 0 ? 0 : 100, rotationBlock));
        using HostDevice device = new();

        var error = Assert.ThrowsExactly<MoEQuantException>(() => MoEModel.Load(
            folder.File("m.moeq"), new MoEModelOptions { Device = device, ActivationPrecision = asked ? ActivationPrecision.Int8 : ActivationPrecision.Exact }));

        Assert.AreEqual("MOEQ5062", error.Code);
        StringAssert.Contains(error.Message, mentions, StringComparison.Ordinal);
        Assert.AreEqual(0, device.AllocatedBytes);
        File.Delete(folder.File("m.moeq"));
    }

    [TestMethod]
    public void Load_BFloat16Cache_ThrowsItsCode()
    {
        using HostDevice device = new();
        var error = Assert.ThrowsExactly<MoEQuantException>(() => TestModels.Load(Random, new MoEModelOptions { Device = device, KeyValuePrecision = KeyValuePrecision.BFloat16 }));
        Assert.AreEqual("MOEQ5063", error.Code);
    }

    [TestMethod]
    public void Observer_OnADevice_ThrowsItsCode()
    {
        using HostDevice device = new();
        using MoEModel model = Load(device);
        using InferenceSession session = model.CreateSession();
        Assert.AreEqual("MOEQ5063", Assert.ThrowsExactly<MoEQuantException>(() => session.Observer = new Nobody()).Code);
        session.Observer = null;
        session.Process([1]);
    }

    private static MoEModel Load(HostDevice device) => TestModels.Load(Random, new MoEModelOptions { Device = device, ContextLength = 20, PrefillBatch = 4 });

    private static long MemoryOfOneText()
    {
        using HostDevice device = new();
        using MoEModel model = Load(device);
        using InferenceSession session = model.CreateSession();
        return device.AllocatedBytes;
    }

    private sealed class Nobody : ForwardObserver;
}
