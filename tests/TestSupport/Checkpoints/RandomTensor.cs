using System.Buffers.Binary;
using MoEQuant.Format;

namespace MoEQuant.TestSupport.Checkpoints;

/// <summary>A tensor of normally distributed values that depend on seed, name and size alone, not on the other tensors, their order, or the shard.</summary>
/// <param name="Declaration">Name, type (BF16, F16 or F32) and shape.</param>
/// <param name="Seed">The checkpoint's seed.</param>
/// <param name="Mean">Mean of the values; 1 suits norm weights.</param>
/// <param name="Deviation">Standard deviation of the values.</param>
public sealed record RandomTensor(TensorDeclaration Declaration, int Seed, double Mean, double Deviation)
{
    /// <summary>The values as a reader must see them: rounded to the tensor's type.</summary>
    public float[] Values()
    {
        Random random = new(unchecked((Seed * 486187739) ^ StableHash(Declaration.Name)));
        float[] values = new float[Declaration.Length / Declaration.Type.ElementSize()];
        for (int i = 0; i < values.Length; i++)
            values[i] = Round((float)(Mean + (Deviation * NextNormal(random))));
        return values;
    }

    /// <summary>The values as they stand in the file.</summary>
    public byte[] Bytes()
    {
        byte[] bytes = new byte[Declaration.Length];
        int size = Declaration.Type.ElementSize();
        float[] values = Values();
        for (int i = 0; i < values.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            if (Declaration.Type == TensorDataType.F32)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * size), bits);
            else if (Declaration.Type == TensorDataType.BF16)
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * size), (ushort)(bits >> 16));
            else
                BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(i * size), (Half)values[i]);
        }

        return bytes;
    }

    private float Round(float value) => Declaration.Type switch
    {
        TensorDataType.F32 => value,
        TensorDataType.F16 => (float)(Half)value,
        TensorDataType.BF16 => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000),
        _ => throw new NotSupportedException($"Random values of type {Declaration.Type}"),
    };

    // Box and Muller: two uniform numbers give a normal one.
    private static double NextNormal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // string.GetHashCode differs from process to process.
    private static int StableHash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 16777619);
        return unchecked((int)hash);
    }
}
