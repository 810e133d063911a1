using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// Rotates and quantizes inputs for the linear layers of one run: once per batch and treatment, however many layers read it (query, key and value; gate and up). Memory grows to the
/// largest run seen and is reused.
/// </summary>
internal sealed unsafe class InputPreparation : IDisposable
{
    private readonly Entry[] _entries;
    private NativeArray<byte> _memory = new(0);
    private int _count;
    private int _kept;
    private long _usedBytes;
    private long _keptBytes;

    /// <param name="maxEntries">The most layers in one run.</param>
    public InputPreparation(int maxEntries) => _entries = new Entry[2 * maxEntries];

    /// <summary>Tokens to prepare: the units of work.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Values to prepare: a measure of the work.</summary>
    public long ValueCount { get; private set; }

    /// <summary>Asks for a batch in the form that a layer wants.</summary>
    /// <returns>A number for <see cref="Get"/>.</returns>
    public int Add(in ActivationBlock x, in InputTreatment treatment)
    {
        // Layers that share an input are added one after the other.
        for (int index = _count - 1; index >= 0; index--)
            if (_entries[index].Source.Values == x.Values && _entries[index].Source.Count == x.Count && _entries[index].Treatment == treatment)
                return index;
        _entries[_count] = new Entry { Source = x, Treatment = treatment, FirstToken = TokenCount };
        TokenCount += x.Count;
        ValueCount += (long)x.Count * x.Stride;
        return _count++;
    }

    /// <summary>Gives every batch its memory. Comes after the last <see cref="Add"/> and before <see cref="Prepare"/>.</summary>
    public void Allocate()
    {
        _usedBytes = Place(null);
        if (_usedBytes > _memory.Length)
            Grow(_usedBytes);

        Place(_memory.Pointer);
    }

    /// <summary>Prepares tokens, counted through all batches.</summary>
    public void Prepare(MatrixKernel kernel, int firstToken, int endToken)
    {
        foreach (ref Entry entry in _entries.AsSpan(_kept, _count - _kept))
        {
            int first = Math.Max(firstToken - entry.FirstToken, 0), end = Math.Min(endToken - entry.FirstToken, entry.Source.Count);
            if (first >= end)
                continue;
            if (entry.Treatment.RotationBlock > 0)
                Rotate(entry, first, end);
            if (entry.Treatment.Quantization is not null)
                kernel.Quantize(entry.Prepared.Values, entry.Prepared.Quantized, first, end);
        }
    }

    /// <summary>A batch as it was asked for.</summary>
    public LinearInput Get(int index) => _entries[index].Prepared;

    /// <summary>Ends a run.</summary>
    /// <param name="keep">Whether the batches of the run stay prepared for the next ones. Otherwise those of earlier runs do.</param>
    public void Clear(bool keep)
    {
        if (keep)
            (_kept, _keptBytes) = (_count, _usedBytes);
        _count = _kept;
        _usedBytes = _keptBytes;
        TokenCount = 0;
        ValueCount = 0;
    }

    /// <summary>Forgets all batches.</summary>
    public void Forget()
    {
        (_kept, _keptBytes) = (0, 0);
        Clear(keep: false);
    }

    public void Dispose() => _memory.Dispose();

    private static void Rotate(in Entry entry, int firstToken, int endToken)
    {
        ActivationBlock source = entry.Source, rotated = entry.Prepared.Values;
        for (int token = firstToken; token < endToken; token++)
        {
            long offset = (long)token * source.Stride;
            new ReadOnlySpan<float>(source.Values + offset, source.Stride).CopyTo(new Span<float>(rotated.Values + offset, source.Stride));
            HadamardRotation.Apply(new Span<float>(rotated.Values + offset, source.Columns), entry.Treatment.RotationBlock);
        }

        rotated.ComputeGroupSums(firstToken, endToken);
    }

    private void Grow(long needed)
    {
        try
        {
            var larger = new NativeArray<byte>(needed);
            Buffer.MemoryCopy(_memory.Pointer, larger.Pointer, needed, _keptBytes);
            _memory.Dispose();
            _memory = larger;
        }
        catch (OutOfMemoryException e)
        {
            throw new MoEQuantException(RuntimeDiagnostics.OutOfMemory, $"{needed} bytes for quantized inputs could not be allocated.", null, e);
        }
    }

    // Without memory only the room is measured.
    private long Place(byte* memory)
    {
        long position = 0;
        foreach (ref Entry entry in _entries.AsSpan(0, _count))
        {
            ActivationBlock source = entry.Source, values = source;
            QuantizedActivations quantized = default;
            if (entry.Treatment.RotationBlock > 0)
            {
                byte* floats = Take(source.Count * (long)source.Stride * sizeof(float)), sums = Take(source.Count * (long)source.Stride / ActivationBlock.SumGroup * sizeof(float));
                if (memory is not null)
                    values = new ActivationBlock((float*)floats, (float*)sums, source.Count, source.Columns, source.Stride);
            }

            if (entry.Treatment.Quantization is { } scheme)
            {
                byte* codes = Take(QuantizedActivations.RequiredBytes(source.Count, source.Stride));
                if (memory is not null)
                    quantized = new QuantizedActivations(codes, scheme, source.Count, source.Columns, source.Stride);
            }

            entry.Prepared = new LinearInput(values, quantized);
        }

        return position;

        byte* Take(long bytes)
        {
            byte* start = memory + position;
            position += (bytes + 63) & ~63L;
            return start;
        }
    }

    private struct Entry
    {
        public ActivationBlock Source;
        public InputTreatment Treatment;
        public int FirstToken;
        public LinearInput Prepared;
    }
}
