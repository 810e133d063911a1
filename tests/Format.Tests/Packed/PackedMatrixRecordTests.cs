namespace MoEQuant.Format.Tests;

[TestClass]
public sealed class PackedMatrixRecordTests
{
    [TestMethod]
    public void WriteTo_KnownRecord_HasTheDocumentedBytes()
    {
        PackedMatrixRecord record = new(0x01020304, 0x11121314, 0x21222324, 3, 8, 128, true, 1, 0x31323334, 0x4142434445464748, 0x5152535455565758, 0x6162636465666768,
            new PackedActivations(4, 128, 90, 64));
        byte[] bytes = new byte[64];
        bytes.AsSpan().Fill(0xEE);

        record.WriteTo(bytes);

        Assert.AreEqual(
            "04030201" + "14131211" + "24232221" + "03" + "08" + "8000" + "0100" + "0100" + "34333231" + "4847464544434241" + "5857565554535251" + "6867666564636261" + "04" + "5A" + "8000" + "06" + new string('0', 22),
            Convert.ToHexString(bytes));
        Assert.AreEqual(record, PackedMatrixRecord.ReadFrom(bytes));
    }

    [TestMethod]
    public void Offsets_UnpaddedSections_AreRoundedUp()
    {
        PackedMatrixRecord record = PackedModels.First with { WeightBytes = 257, InputFactorBytes = 64, OutputFactorBytes = 1 };

        Assert.AreEqual(320, record.InputFactorOffset);
        Assert.AreEqual(384, record.OutputFactorOffset);
        Assert.AreEqual(448, record.TotalBytes);
        Assert.ThrowsExactly<OverflowException>(() => _ = (record with { WeightBytes = long.MaxValue - 10 }).TotalBytes);
    }
}
