using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Uploaded weights through the device's operations: look-ups, products with dense and packed matrices, experts of mixed bits and ranks.</summary>
public abstract class WeightSuite : DeviceSuite
{
    private const double Products = 4e-6;

    [TestMethod]
    [DataRow(3, 32, false, 0, 8)]
    [DataRow(3, 64, true, 3, 3)]
    [DataRow(4, 128, false, 2, 8)]
    [DataRow(4, 32, true, 0, 8)]
    [DataRow(8, 64, false, 5, 3)]
    [DataRow(8, 128, true, 1, 8)]
    public void Embed_PackedTable_AgreesWithTheDefinition(int bits, int groupSize, bool symmetric, int rank, int factorBits)
    {
        ErrorRecord errors = Errors("look-up");
        using OperandCase table = new(new Random(bits), new PackedShape(35, 150, bits, groupSize, symmetric), rank, factorBits);
        foreach (int[] rows in (int[][])[[0], [34], [17, 3, 34, 3, 0]])
        {
            Compare(errors, string.Join(' ', rows), 3e-7, run =>
            {
                DeviceRows output = run.Empty(rows.Length, 150);
                run.Device.Embed(run.Own(run.Device.UploadTable(table.Operand)), rows, output);
                return output;
            });
        }

        errors.Report();
    }

    [TestMethod]
    [DataRow(DenseType.F32)]
    [DataRow(DenseType.BF16)]
    [DataRow(DenseType.F16)]
    public void DenseWeights_LookedUpAndMultiplied_AgreeWithTheDefinition(DenseType type)
    {
        ErrorRecord errors = Errors($"dense {type}");
        using DenseCase dense = new(new Random(3), type, 9, 70);
        LinearOperand operand = new(dense.Matrix);
        Compare(errors, "look-up", 0, run =>
        {
            DeviceRows output = run.Empty(3, 70);
            run.Device.Embed(run.Own(run.Device.UploadTable(operand)), [8, 0, 4], output);
            return output;
        });
        Compare(errors, "product", Products, run =>
        {
            DeviceRows y = run.Empty(4, 9);
            run.Device.Multiply(run.Own(run.Device.Upload(operand)), run.Random(4, 70), y);
            return y;
        });
        errors.Report();
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(6)]
    public void MultiplyExperts_MixedBitsAndRanks_AgreesWithTheDefinition(int tokens)
    {
        ErrorRecord errors = Errors("experts");
        Random random = new(5);
        using OperandCase first = new(random, new PackedShape(20, 100, 3, 32), 4, 8), second = new(random, new PackedShape(20, 100, 4, 64, true), 0, 8), third = new(random, new PackedShape(20, 100, 3, 64), 2, 3);
        LinearOperand[] experts = [first.Operand, second.Operand, third.Operand, second.Operand];
        foreach (ExpertInputs inputs in Enum.GetValues<ExpertInputs>())
        {
            Compare(errors, $"{inputs}", Products, run =>
            {
                DeviceRouting routing = run.Own(run.Device.CreateRouting(tokens, 4, 2));
                run.Device.Route(run.Random(tokens, 4), false, routing);
                DeviceRows y = run.Empty(2 * tokens, 20);
                run.Device.MultiplyExperts(run.Own(run.Device.Upload(experts)), routing, run.Random(inputs == ExpertInputs.Slots ? 2 * tokens : tokens, 100), inputs, y);
                return y;
            });
        }

        errors.Report();
    }

    [TestMethod]
    [DataRow(3, 3, 1)]
    [DataRow(3, 3, 4)]
    [DataRow(3, 3, 9)]
    [DataRow(4, 4, 1)]
    [DataRow(4, 4, 11)]
    [DataRow(8, 8, 3)]
    [DataRow(3, 4, 2)]
    public void MultiplyGated_EveryBatch_AgreesWithTheDefinition(int gateBits, int upBits, int tokens)
    {
        ErrorRecord errors = Errors($"W{gateBits} gate and W{upBits} up");
        Random random = new(gateBits + tokens);
        foreach ((int gateRank, int upRank) in new[] { (0, 0), (5, 2), (0, 3) })
        {
            using OperandCase gate = new(random, new PackedShape(35, 150, gateBits, 64), gateRank, 8), up = new(random, new PackedShape(35, 150, upBits, 32, true), upRank, 3);
            Compare(errors, $"ranks {gateRank} and {upRank}", Products, run =>
            {
                DeviceRows y = run.Empty(tokens, 35);
                run.Device.MultiplyGated(run.Own(run.Device.Upload(gate.Operand)), run.Own(run.Device.Upload(up.Operand)), run.Random(tokens, 150), run.Empty(tokens, 35), y);
                return y;
            });
        }

        errors.Report();
    }

    [TestMethod]
    [DataRow(3, 1, false)]
    [DataRow(3, 7, false)]
    [DataRow(4, 40, false)]
    [DataRow(3, 5, true)]
    public void MultiplyGatedExperts_EveryBatch_AgreesWithTheDefinition(int bits, int tokens, bool mixed)
    {
        ErrorRecord errors = Errors($"W{bits} gates and ups of experts");
        Random random = new(bits + tokens);
        PackedShape shape = new(20, 100, bits, 64), other = mixed ? new(20, 100, 7 - bits, 32) : shape;
        using OperandCase first = new(random, shape, 4, 8), second = new(random, shape, 0, 8), third = new(random, other, 2, 3);
        LinearOperand[] gates = [first.Operand, second.Operand, second.Operand, first.Operand], ups = [second.Operand, third.Operand, first.Operand, third.Operand];
        Compare(errors, $"{tokens} tokens", Products, run =>
        {
            DeviceRouting routing = run.Own(run.Device.CreateRouting(tokens, 4, 2));
            run.Device.Route(run.Random(tokens, 4), false, routing);
            DeviceRows y = run.Empty(2 * tokens, 20);
            run.Device.MultiplyGatedExperts(run.Own(run.Device.Upload(gates)), run.Own(run.Device.Upload(ups)), routing, run.Random(tokens, 100), run.Empty(2 * tokens, 20), y);
            return y;
        });
        errors.Report();
    }

    [TestMethod]
    public void MultiplyGated_DenseMatrices_AgreesWithTheDefinition()
    {
        using DenseCase gate = new(new Random(4), DenseType.F32, 9, 70), up = new(new Random(5), DenseType.F32, 9, 70);
        Compare(Errors("dense gate and up"), "product", Products, run =>
        {
            DeviceRows y = run.Empty(4, 9);
            run.Device.MultiplyGated(run.Own(run.Device.Upload(new LinearOperand(gate.Matrix))), run.Own(run.Device.Upload(new LinearOperand(up.Matrix))), run.Random(4, 70), run.Empty(4, 9), y);
            return y;
        });
    }

    [TestMethod]
    public void Upload_EveryResource_OccupiesWhatWasForetold()
    {
        using OperandCase packed = new(new Random(1), new PackedShape(20, 100, 3, 32), 4, 8);
        long expected = Device.MatrixBytes(packed.Operand) + Device.ExpertsBytes([packed.Operand, packed.Operand]) + Device.RoutingBytes(3, 5, 2) + 28;
        DeviceResource[] resources = [Device.Upload(packed.Operand), Device.Upload([packed.Operand, packed.Operand]), Device.CreateRouting(3, 5, 2), Device.Allocate(7)];
        Assert.AreEqual(expected, resources.Sum(resource => resource.ByteLength));
        Assert.AreEqual(expected, Device.AllocatedBytes);
        foreach (DeviceResource resource in resources)
            resource.Dispose();
        Assert.AreEqual(0, Device.AllocatedBytes);
    }

    [TestMethod]
    public void Dispose_DeviceBeforeItsResources_LeavesThemToBeDisposed()
    {
        IlgpuDevice device = IlgpuDevice.Create(Accelerator, 1000);
        DeviceRows rows = device.Allocate(5).Rows(1, 5);
        Assert.ThrowsExactly<DeviceMemoryException>(() => device.Allocate(246));
        device.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => device.Clamp(rows, 1));
        rows.Buffer.Dispose();
        device.Dispose();
    }
}
