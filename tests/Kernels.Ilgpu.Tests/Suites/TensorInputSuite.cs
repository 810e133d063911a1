using ILGPU;
using ILGPU.Runtime;
using Half = System.Half;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The preparation of inputs for tensor cores, which runs on every device.</summary>
public abstract class TensorInputSuite : KernelSuite
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(70)]
    [DataRow(640)]
    [DataRow(1100)]
    public void Prepare_EveryMagnitude_RoundsToHalvesOfAScaledRow(int columns)
    {
        Random random = new(columns);
        double[] magnitudes = [1, 0, 1e-30, 7e4, 3e30, 1e-39];
        float[] x = [.. magnitudes.SelectMany(magnitude => Enumerable.Range(0, columns).Select(_ => (float)(magnitude * ((random.NextDouble() * 2) - 1) * (random.Next(20) == 0 ? 100 : 1))))];
        int steps = (columns + 63) / 64;
        using MemoryBuffer1D<float, Stride1D.Dense> values = Accelerator.Allocate1D(x), sums = Untouched(steps * magnitudes.Length), scales = Untouched(magnitudes.Length);
        using MemoryBuffer1D<uint, Stride1D.Dense> halves = Accelerator.Allocate1D<uint>(32 * steps * magnitudes.Length);
        Accelerator.LoadStreamKernel<ArrayView<float>, int, int, ArrayView<uint>, ArrayView<float>, ArrayView<float>>(TensorInputKernel<float, SingleReader>.Prepare)(
            new KernelConfig(new Index3D(magnitudes.Length, 1, 1), new Index3D(ReductionTree.ThreadsFor(Accelerator), 1, 1)), values.View, columns, steps, halves.View, sums.View, scales.View);
        uint[] words = halves.GetAsArray1D();
        float[] foundSums = sums.GetAsArray1D(), foundScales = scales.GetAsArray1D();

        for (int row = 0; row < magnitudes.Length; row++)
        {
            float largest = x.Skip(row * columns).Take(columns).Max(MathF.Abs), scale = foundScales[row];
            // Rows of denormal numbers become zeros.
            bool scaled = largest > 1e-33f;
            if (scaled)
                Assert.IsTrue(largest / scale is >= 16384 and < 32768 && (BitConverter.SingleToUInt32Bits(scale) & 0x7FFFFF) == 0, $"row {row}: largest {largest}, scale {scale}");
            for (int step = 0; step < steps; step++)
            {
                double sum = 0;
                for (int column = 0; column < 64; column++)
                {
                    int k = (64 * step) + column;
                    float value = scaled && k < columns ? x[(row * columns) + k] / scale : 0;
                    uint word = words[(32 * ((row * steps) + step)) + (column / 4 * 2) + (column & 1)];
                    Half half = BitConverter.UInt16BitsToHalf((ushort)(word >> (column / 2 % 2 * 16)));
                    Assert.AreEqual((Half)value, half, $"row {row}, column {k}");
                    sum += (double)half;
                }
                Assert.AreEqual(sum, foundSums[(row * steps) + step], 64 * 32768 * 6e-8, $"row {row}, step {step}");
            }
        }
    }
}
