using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Kernels.Tests;

/// <summary>Random keys, values and queries in guarded memory, in blocks as a cache has them, and the attention by its definition in double precision.</summary>
internal sealed unsafe class AttentionCase : IDisposable
{
    private readonly List<GuardedMemory> _keys = [];
    private readonly List<GuardedMemory> _values = [];
    private readonly List<KeyValueBlock> _blocks = [];
    private readonly float[][] _queries;
    private readonly int _blockPositions;

    /// <param name="random">The source.</param>
    /// <param name="type">The elements.</param>
    /// <param name="dimension">The head dimension.</param>
    /// <param name="positions">Positions of all blocks.</param>
    /// <param name="ranges">What each row sees.</param>
    /// <param name="scale">The scores are about this large.</param>
    /// <param name="blockPositions">Positions of a block, the last one may have fewer: a multiple of 16.</param>
    public AttentionCase(Random random, DenseType type, int dimension, int positions, (int First, int End)[] ranges, float scale = 3, int blockPositions = 128)
    {
        Dimension = dimension;
        Ranges = ranges;
        _blockPositions = blockPositions;
        _queries = [.. ranges.Select(_ => Vector(random, dimension, scale / MathF.Sqrt(dimension / 3f)))];
        for (int first = 0; first < positions; first += blockPositions)
        {
            int count = Math.Min(blockPositions, positions - first), tiles = (count + 15) / 16;
            GuardedMemory keys = new((long)tiles * 16 * dimension * KeyValueBlock.ElementSize(type)), values = new((long)count * KeyValueBlock.StrideFor(dimension) * KeyValueBlock.ElementSize(type));
            // All bits set is NaN: what no position owns must not matter.
            keys.Span.Fill(0xFF);
            values.Span.Fill(0xFF);
            KeyValueBlock block = new(keys.Pointer, values.Pointer, type, dimension, count);
            for (int position = 0; position < count; position++)
                block.Store(position, Vector(random, dimension, 1.7f), Vector(random, dimension, 1));
            _keys.Add(keys);
            _values.Add(values);
            _blocks.Add(block);
        }
    }

    public int Dimension { get; }

    public (int First, int End)[] Ranges { get; }

    public float[] Query(int row) => _queries[row];

    /// <summary>Sets one element of a key.</summary>
    public void SetKey(int position, int d, float value)
    {
        KeyValueBlock block = _blocks[position / _blockPositions];
        position %= _blockPositions;
        long index = ((long)(position / 16) * Dimension + d) * 16 + position % 16;
        if (block.Type == DenseType.F32)
            ((float*)block.Keys)[index] = value;
        else
            ((ushort*)block.Keys)[index] = KeyValueBlock.ToBFloat16(value);
    }

    /// <summary>The attention of some of the rows.</summary>
    public float[][] Run(MatrixKernel kernel, int firstRow, int count)
    {
        using GuardedMemory memory = new(AttentionRows.RequiredBytes(Dimension));
        AttentionRows rows = new(memory.Pointer, count, Dimension);
        for (int row = 0; row < count; row++)
            _queries[firstRow + row].CopyTo(new Span<float>(rows.Queries + row * rows.Stride, Dimension));
        rows.Reset();
        for (int block = 0; block < _blocks.Count; block++)
        {
            for (int row = 0; row < count; row++)
            {
                rows.Firsts[row] = Math.Clamp(Ranges[firstRow + row].First - block * _blockPositions, 0, _blocks[block].Count);
                rows.Ends[row] = Math.Clamp(Ranges[firstRow + row].End - block * _blockPositions, 0, _blocks[block].Count);
            }
            kernel.Attend(rows, _blocks[block]);
        }
        float[][] results = new float[count][];
        for (int row = 0; row < count; row++)
        {
            results[row] = new float[Dimension];
            for (int d = 0; d < Dimension; d++)
                results[row][d] = rows.Outputs[row * rows.Stride + d] / rows.Sums[row];
        }
        return results;
    }

    /// <summary>The definition, softmax(q · K) V, and how far a result in single precision may be from it.</summary>
    public (double[] Expected, double Tolerance) Expected(int row)
    {
        (int first, int end) = Ranges[row];
        double[] scores = new double[end - first], expected = new double[Dimension];
        double magnitude = 0, largestValue = 0;
        for (int position = first; position < end; position++)
        {
            double absolute = 0;
            for (int d = 0; d < Dimension; d++)
            {
                double product = (double)_queries[row][d] * Element(position, d, key: true);
                scores[position - first] += product;
                absolute += Math.Abs(product);
            }
            magnitude = Math.Max(magnitude, absolute);
        }
        double maximum = scores.Max(), sum = scores.Sum(score => Math.Exp(score - maximum));
        for (int position = first; position < end; position++)
            for (int d = 0; d < Dimension; d++)
            {
                double value = Element(position, d, key: false);
                expected[d] += Math.Exp(scores[position - first] - maximum) / sum * value;
                largestValue = Math.Max(largestValue, Math.Abs(value));
            }
        // An error of a score is a relative one of its weight; weights, sums and values add their own roundings.
        return (expected, largestValue * (2 * magnitude * (Dimension + 4) * 6e-8 + 1e-5));
    }

    public void Dispose()
    {
        _keys.ForEach(memory => memory.Dispose());
        _values.ForEach(memory => memory.Dispose());
    }

    private double Element(int position, int d, bool key)
    {
        KeyValueBlock block = _blocks[position / _blockPositions];
        position %= _blockPositions;
        long index = key ? ((long)(position / 16) * Dimension + d) * 16 + position % 16 : (long)position * block.Stride + d;
        byte* elements = key ? block.Keys : block.Values;
        return block.Type == DenseType.F32 ? ((float*)elements)[index] : BitConverter.UInt32BitsToSingle((uint)((ushort*)elements)[index] << 16);
    }

    private static float[] Vector(Random random, int length, float limit) => [.. Enumerable.Range(0, length).Select(_ => limit * (2 * random.NextSingle() - 1))];
}
