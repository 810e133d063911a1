using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Routing, grouping and combining, seen through experts that multiply by different numbers.</summary>
public abstract unsafe class RoutingSuite : DeviceSuite
{
    [TestMethod]
    [DataRow(1, 6, 2, false)]
    [DataRow(1, 1, 1, true)]
    [DataRow(7, 6, 2, true)]
    [DataRow(5, 4, 4, false)]
    [DataRow(9, 5, 1, false)]
    [DataRow(3, 150, 8, true)]
    public void Route_ThenMultiplyAndCombine_AgreesWithTheDefinition(int tokens, int experts, int perToken, bool normalize)
    {
        ErrorRecord errors = Errors("routing");
        Compare(errors, "random logits", 2e-6, run => Mix(run, run.Random(tokens, experts, 6), experts, perToken, normalize));
        Compare(errors, "ties", 2e-6, run => Mix(run, run.Rows([.. Enumerable.Range(0, tokens * experts).Select(index => (float)(index * 7 % 3))], tokens), experts, perToken, normalize));
        Compare(errors, "all equal", 2e-6, run => Mix(run, run.Rows(new float[tokens * experts], tokens), experts, perToken, normalize));
        Compare(errors, "far apart", 2e-6, run => Mix(run, run.Random(tokens, experts, 300), experts, 1, normalize));
        errors.Report();
    }

    [TestMethod]
    public void Route_LogitsThatAreNoNumbers_StaysWithinItsMemory()
    {
        using OperationRun run = new(Device, Seed);
        float[] logits = [.. Enumerable.Repeat(float.NaN, 12)];
        Mix(run, run.Rows(logits, 2), 6, 2, true);

        // The device is well afterwards.
        Compare(Errors("routing"), "after", 2e-6, next => Mix(next, next.Random(3, 6), 6, 2, true));
    }

    [TestMethod]
    public void Route_ASmallerBatchAfterALargerOne_UsesTheNewOne()
    {
        Compare(Errors("routing"), "second batch", 2e-6, run =>
        {
            DeviceRouting routing = run.Own(run.Device.CreateRouting(8, 5, 2));
            run.Device.Route(run.Random(8, 5), false, routing);
            return Mix(run, run.Random(3, 5), 5, routing, false);
        });
    }

    private static DeviceRows Mix(OperationRun run, DeviceRows logits, int experts, int perToken, bool normalize) =>
        Mix(run, logits, experts, run.Own(run.Device.CreateRouting(logits.Count, experts, perToken)), normalize);

    // Every expert multiplies by a matrix of its own, twice: once with the inputs of tokens, once with those of slots.
    private static DeviceRows Mix(OperationRun run, DeviceRows logits, int experts, DeviceRouting routing, bool normalize)
    {
        const int Width = 3;
        int tokens = logits.Count, slots = tokens * routing.ExpertsPerToken;
        float[] weights = [.. Enumerable.Range(0, experts * Width * Width).Select(index => MathF.Sin(index + 1))];
        DeviceRows first = run.Empty(slots, Width), second = run.Empty(slots, Width), y = run.Random(tokens, Width), x = run.Random(tokens, Width);
        fixed (float* pointer = weights)
        {
            nint start = (nint)pointer;
            LinearOperand[] operands = [.. Enumerable.Range(0, experts).Select(expert => new LinearOperand(new DenseMatrix((float*)start + (expert * Width * Width), DenseType.F32, Width, Width)))];
            DeviceExperts w = run.Own(run.Device.Upload(operands));
            run.Device.Route(logits, normalize, routing);
            run.Device.MultiplyExperts(w, routing, x, ExpertInputs.Tokens, first);
            run.Device.MultiplyExperts(w, routing, first, ExpertInputs.Slots, second);
            run.Device.Combine(routing, second, y);
        }

        return y;
    }
}
