using MoEQuant.Kernels.Devices;

namespace MoEQuant.TestSupport.Devices;

/// <summary>Every operation of a device as its definition says, on this machine's processor, in double precision. What other devices are tested against.</summary>
/// <param name="memoryBudget">The budget in bytes.</param>
public sealed unsafe class HostDevice(long memoryBudget = long.MaxValue) : ComputeDevice(memoryBudget)
{
    /// <inheritdoc/>
    public override string Name => "Host";

    /// <summary>Numbers that were read back so far: what a step costs.</summary>
    public long ReadNumbers { get; private set; }

    /// <inheritdoc/>
    public override long MatrixBytes(in LinearOperand weights) => HostWeights.Bytes(weights);

    /// <inheritdoc/>
    public override long ExpertsBytes(IReadOnlyList<LinearOperand> experts) => experts.Sum(expert => HostWeights.Bytes(expert));

    /// <inheritdoc/>
    public override long TableBytes(in LinearOperand table) => HostWeights.Bytes(table);

    /// <inheritdoc/>
    public override long RoutingBytes(int maxTokens, int expertCount, int expertsPerToken) => HostRouting.Bytes(maxTokens, expertsPerToken);

    /// <inheritdoc/>
    protected override void Close()
    {
    }

    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long length) => new HostBuffer(this, length);

    /// <inheritdoc/>
    protected override DeviceMatrix UploadCore(in LinearOperand weights) => new HostMatrix(this, weights);

    /// <inheritdoc/>
    protected override DeviceExperts UploadCore(IReadOnlyList<LinearOperand> experts) => new HostExperts(this, experts);

    /// <inheritdoc/>
    protected override DeviceMatrix UploadTableCore(in LinearOperand table) => new HostMatrix(this, table);

    /// <inheritdoc/>
    protected override DeviceRouting CreateRoutingCore(int maxTokens, int expertCount, int expertsPerToken) => new HostRouting(this, maxTokens, expertCount, expertsPerToken);

    /// <inheritdoc/>
    protected override void WriteCore(ReadOnlySpan<float> source, in DeviceRows destination) => source.CopyTo(All(destination));

    /// <inheritdoc/>
    protected override void ReadCore(in DeviceRows source, Span<float> destination)
    {
        ReadNumbers += source.Length;
        All(source).CopyTo(destination);
    }

    /// <inheritdoc/>
    protected override void EmbedCore(DeviceMatrix table, ReadOnlySpan<int> rows, in DeviceRows output)
    {
        for (int row = 0; row < rows.Length; row++)
            ((HostMatrix)table).Weights.Row(rows[row]).CopyTo(HostBuffer.Row(output, row));
    }

    /// <inheritdoc/>
    protected override void NormaliseCore(in DeviceRows x, in DeviceRows weight, float epsilon, in DeviceRows y)
    {
        Span<float> w = All(weight);
        for (int row = 0; row < x.Count; row++)
        {
            Span<float> source = HostBuffer.Row(x, row), target = HostBuffer.Row(y, row);
            double squares = 0;
            foreach (float value in source)
                squares += (double)value * value;
            double scale = 1 / Math.Sqrt((squares / source.Length) + epsilon);
            for (int i = 0; i < source.Length; i++)
                target[i] = (float)(source[i] * scale * w[i]);
        }
    }

    /// <inheritdoc/>
    protected override void MultiplyCore(DeviceMatrix w, in DeviceRows x, in DeviceRows y)
    {
        for (int row = 0; row < x.Count; row++)
            ((HostMatrix)w).Weights.Multiply(HostBuffer.Row(x, row), HostBuffer.Row(y, row));
    }

    /// <inheritdoc/>
    protected override void AddBiasCore(in DeviceRows bias, in DeviceRows y)
    {
        for (int row = 0; row < y.Count; row++)
            for (int i = 0; i < y.Columns; i++)
                HostBuffer.Row(y, row)[i] += All(bias)[i];
    }

    /// <inheritdoc/>
    protected override void ClampCore(in DeviceRows y, float limit)
    {
        foreach (ref float value in All(y))
            value = Math.Clamp(value, -limit, limit);
    }

    /// <inheritdoc/>
    protected override void RotateCore(in DeviceRows y, in DeviceRows rotations, int firstPosition)
    {
        int half = rotations.Columns / 2;
        for (int row = 0; row < y.Count; row++)
        {
            Span<float> rotation = HostBuffer.Row(rotations, firstPosition + row), values = HostBuffer.Row(y, row);
            for (int head = 0; head < y.Columns; head += rotations.Columns)
            {
                for (int i = 0; i < half; i++)
                {
                    double a = values[head + i], b = values[head + half + i];
                    values[head + i] = (float)((a * rotation[i]) - (b * rotation[half + i]));
                    values[head + half + i] = (float)((b * rotation[i]) + (a * rotation[half + i]));
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void AttendCore(in DeviceRows queries, in DeviceRows keys, in DeviceRows values, int headDimension, int firstPosition, int window, in DeviceRows outputs)
    {
        int group = queries.Columns / keys.Columns;
        for (int row = 0; row < queries.Count; row++)
        {
            int position = firstPosition + row, first = (int)Math.Max(0, position - (long)window + 1);
            for (int head = 0; head < queries.Columns / headDimension; head++)
            {
                Span<float> query = HostBuffer.Row(queries, row).Slice(head * headDimension, headDimension);
                var scores = new double[position + 1 - first];
                for (int p = 0; p < scores.Length; p++)
                    for (int i = 0; i < headDimension; i++)
                        scores[p] += query[i] * (double)HostBuffer.Row(keys, first + p)[(head / group * headDimension) + i] / Math.Sqrt(headDimension);
                double largest = scores.Max(), sum = scores.Sum(score => Math.Exp(score - largest));
                for (int i = 0; i < headDimension; i++)
                {
                    double output = 0;
                    for (int p = 0; p < scores.Length; p++)
                        output += Math.Exp(scores[p] - largest) / sum * HostBuffer.Row(values, first + p)[(head / group * headDimension) + i];
                    HostBuffer.Row(outputs, row)[(head * headDimension) + i] = (float)output;
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void RouteCore(in DeviceRows logits, bool normalize, DeviceRouting routing) => ((HostRouting)routing).Fill(logits, normalize);

    /// <inheritdoc/>
    protected override void MultiplyExpertsCore(DeviceExperts w, DeviceRouting routing, in DeviceRows x, ExpertInputs inputs, in DeviceRows y)
    {
        HostRouting routed = (HostRouting)routing;
        for (int slot = 0; slot < y.Count; slot++)
        {
            int pair = routed.PairOfSlot[slot];
            ((HostExperts)w).Weights[routed.Experts[pair]].Multiply(HostBuffer.Row(x, inputs == ExpertInputs.Slots ? slot : pair / routing.ExpertsPerToken), HostBuffer.Row(y, slot));
        }
    }

    /// <inheritdoc/>
    protected override void ActivateCore(in DeviceRows gate, in DeviceRows up, in DeviceRows inner)
    {
        Span<float> gates = All(gate), ups = All(up), inners = All(inner);
        for (int i = 0; i < gates.Length; i++)
            inners[i] = (float)(gates[i] / (1 + Math.Exp(-gates[i])) * ups[i]);
    }

    /// <inheritdoc/>
    protected override void CombineCore(DeviceRouting routing, in DeviceRows slots, in DeviceRows y)
    {
        HostRouting routed = (HostRouting)routing;
        for (int slot = 0; slot < slots.Count; slot++)
        {
            int pair = routed.PairOfSlot[slot];
            Span<float> source = HostBuffer.Row(slots, slot), target = HostBuffer.Row(y, pair / routing.ExpertsPerToken);
            for (int i = 0; i < source.Length; i++)
                target[i] += routed.Weights[pair] * source[i];
        }
    }

    /// <inheritdoc/>
    protected override void AddCore(in DeviceRows x, in DeviceRows y)
    {
        Span<float> source = All(x), target = All(y);
        for (int i = 0; i < source.Length; i++)
            target[i] += source[i];
    }

    private static Span<float> All(in DeviceRows rows) => new(HostBuffer.Pointer(rows), checked((int)rows.Length));
}
