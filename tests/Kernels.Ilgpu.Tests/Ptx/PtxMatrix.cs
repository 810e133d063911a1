namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 for the 32 lanes of a warp, with the fragments of the PTX manual (9.7.13.4.8).</summary>
internal static class PtxMatrix
{
    public static void Multiply(PtxThread[] warp)
    {
        double[,] a = new double[16, 16], b = new double[16, 8];
        string[][] operands = [.. warp[0].Waiting.Operands.Select(PtxInstruction.Vector)];
        for (int lane = 0; lane < 32; lane++)
        {
            int group = lane / 4, part = lane % 4;
            for (int index = 0; index < 8; index++)
                a[group + (index / 2 % 2 * 8), (part * 2) + (index % 2) + (index / 4 * 8)] = (double)Half(warp[lane].Word(operands[1][index / 2]), index % 2);
            for (int index = 0; index < 4; index++)
                b[(part * 2) + (index % 2) + (index / 2 * 8), group] = (double)Half(warp[lane].Word(operands[2][index / 2]), index % 2);
        }
        for (int lane = 0; lane < 32; lane++)
        {
            float[] sums = [.. operands[3].Select(register => BitConverter.UInt32BitsToSingle(warp[lane].Word(register)))];
            for (int index = 0; index < 4; index++)
            {
                int row = (lane / 4) + (index / 2 * 8), column = (lane % 4 * 2) + (index % 2);
                double sum = sums[index];
                for (int k = 0; k < 16; k++)
                    sum += a[row, k] * b[k, column];
                warp[lane].Set(operands[0][index], BitConverter.SingleToUInt32Bits((float)sum));
            }
        }
    }

    /// <summary>One of the two halves of a word.</summary>
    public static Half Half(uint word, int index) => BitConverter.UInt16BitsToHalf((ushort)(word >> (16 * index)));
}
