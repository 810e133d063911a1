using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Fills <see cref="TensorInputs"/>, a thread group for every row. Runs on every device.</summary>
internal static class TensorInputKernel<TElement, TReader>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    /// <summary>The work of one thread: four columns at a time.</summary>
    /// <param name="x">The inputs [rows, columns].</param>
    /// <param name="columns">K.</param>
    /// <param name="steps">Pieces of 64 columns.</param>
    /// <param name="halves">Receives the halves.</param>
    /// <param name="sums">Receives the sums.</param>
    /// <param name="scales">Receives the scales.</param>
    public static void Prepare(ArrayView<TElement> x, int columns, int steps, ArrayView<uint> halves, ArrayView<float> sums, ArrayView<float> scales)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        int row = Grid.IdxX, thread = Group.IdxX;
        TokenSource<TElement> source = new() { Values = x, Columns = columns, First = row, Count = 1 };
        float largest = 0;
        for (int column = thread; column < columns; column += Group.DimX)
        {
            float magnitude = source.Read<TReader>(0, column);
            magnitude = magnitude < 0 ? -magnitude : magnitude;
            largest = magnitude > largest ? magnitude : largest;
        }
        // The power of two at or below the largest number, less 14; numbers that are denormal already are left as zeros.
        uint exponent = Interop.FloatAsInt(GroupMaximum.Of(shared, largest)) & 0x7F800000u;
        bool scaled = exponent > 14u << 23;
        float scale = scaled ? Interop.IntAsFloat(exponent - (14u << 23)) : 1, inverse = scaled ? Interop.IntAsFloat((268u << 23) - exponent) : 0;
        for (int first = 0; first < 16 * steps; first += Group.DimX)
        {
            int quad = first + thread;
            float sum = 0;
            if (quad < 16 * steps)
            {
                uint a = HalfRounding.ToHalf(source.Read<TReader>(0, 4 * quad) * inverse), b = HalfRounding.ToHalf(source.Read<TReader>(0, (4 * quad) + 1) * inverse);
                uint c = HalfRounding.ToHalf(source.Read<TReader>(0, (4 * quad) + 2) * inverse), d = HalfRounding.ToHalf(source.Read<TReader>(0, (4 * quad) + 3) * inverse);
                long word = (32L * steps * row) + (2 * quad);
                halves[word] = a | (c << 16);
                halves[word + 1] = b | (d << 16);
                sum = (CodeBits.ToSingle(a) + CodeBits.ToSingle(c)) + (CodeBits.ToSingle(b) + CodeBits.ToSingle(d));
            }
            shared[thread] = sum;
            Group.Barrier();
            if ((thread & 15) == 0 && quad < 16 * steps)
            {
                float piece = 0;
                for (int index = 0; index < 16; index++)
                    piece += shared[thread + index];
                sums[((long)steps * row) + (quad >> 4)] = piece;
            }
            Group.Barrier();
        }
        if (thread == 0)
            scales[row] = scale;
    }
}
