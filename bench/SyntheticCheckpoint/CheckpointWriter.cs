using System.Runtime.InteropServices;
using MoEQuant.Format;
using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.SyntheticCheckpoint;

/// <summary>Writes a checkpoint of random bf16 weights, tensor by tensor: memory does not depend on its size. The same seed gives the same bytes.</summary>
internal static class CheckpointWriter
{
    private const int ChunkValues = 1 << 20;

    /// <summary>Normal deviates to draw from: reading them at random places is a hundred times as fast as making new ones, and as random as rounding needs.</summary>
    private const int PoolValues = 1 << 20;

    /// <summary>Writes config.json, tokenizer.json and model.safetensors.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="config">config.json.</param>
    /// <param name="seed">Chooses the weights.</param>
    public static long Write(string folder, byte[] config, int seed)
    {
        File.WriteAllBytes(Path.Combine(folder, "config.json"), config);
        File.WriteAllBytes(Path.Combine(folder, "tokenizer.json"), ByteTokenizer.Create());
        IReadOnlyList<PlannedTensor> tensors = TensorPlan.For(ModelConfig.Parse(config)).Tensors;
        string path = Path.Combine(folder, "model.safetensors");
        using (SafetensorsWriter writer = new(path, [.. tensors.Select(tensor => new TensorDeclaration(tensor.Name, TensorDataType.BF16, tensor.IsVector ? [tensor.Rows] : [tensor.Rows, tensor.Columns]))]))
        {
            Random random = new(seed);
            float[] pool = MakePool(random);
            ushort[] chunk = new ushort[ChunkValues];
            foreach (PlannedTensor tensor in tensors)
                for (long left = tensor.ElementCount; left > 0; left -= Math.Min(left, chunk.Length))
                {
                    Span<ushort> values = chunk.AsSpan(0, (int)Math.Min(left, chunk.Length));
                    Fill(values, pool, random, tensor);
                    writer.Append(tensor.Name, MemoryMarshal.AsBytes(values));
                }

            writer.Commit();
        }

        return new FileInfo(path).Length;
    }

    private static float[] MakePool(Random random)
    {
        float[] pool = new float[PoolValues];
        for (int i = 0; i < pool.Length; i++)
            pool[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return pool;
    }

    private static void Fill(Span<ushort> values, float[] pool, Random random, PlannedTensor tensor)
    {
        float deviation = tensor.IsVector ? 0.1f : 1 / MathF.Sqrt(tensor.Columns);
        float mean = tensor.Role == TensorRole.Norm ? 1 : 0;
        for (int i = 0; i < values.Length;)
        {
            int run = Math.Min(64, values.Length - i), start = random.Next(pool.Length - run);
            for (int end = i + run; i < end; i++)
                values[i] = (ushort)(BitConverter.SingleToUInt32Bits(mean + deviation * pool[start++]) >> 16);
        }
    }
}
