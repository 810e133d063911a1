using MoEQuant.Quantizer.Pipeline.Caching;

namespace MoEQuant.Quantizer.Tests.Pipeline.Caching;

[TestClass]
public sealed class JsonBlockTests
{
    [TestMethod]
    public void Read_WhatWasWritten_IsTheSameToTheLastBitAndEndsThere()
    {
        double[] numbers = [0.1, 1.0 / 3, double.Epsilon, double.MaxValue, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        using MemoryStream stream = new();
        JsonBlock.Write(stream, numbers);
        stream.Write("more"u8);
        stream.Position = 0;
        CollectionAssert.AreEqual(numbers.Select(BitConverter.DoubleToInt64Bits).ToArray(), JsonBlock.Read<double[]>(stream).Select(BitConverter.DoubleToInt64Bits).ToArray());
        Assert.AreEqual(stream.Length - 4, stream.Position);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(5)]
    [DataRow(int.MaxValue)]
    public void Read_LengthThatNobodyWrote_IsRefusedBeforeTheMemoryIsTaken(int length)
    {
        using MemoryStream stream = new([.. BitConverter.GetBytes(length), .. "null"u8]);
        Assert.ThrowsExactly<InvalidDataException>(() => JsonBlock.Read<string>(stream));
    }
}
