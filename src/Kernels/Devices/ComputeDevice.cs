namespace MoEQuant.Kernels.Devices;

/// <summary>
/// A processor with memory of its own on which a model runs: memory within a budget, and the operations of a decoder on it. Model logic stays with the caller; a device knows no model and no file.
/// </summary>
/// <remarks>
/// <para>
/// Operations run in the order in which they are asked for, but may not have run when the call returns: only <see cref="DeviceMemory.Read"/> waits. Results stay on the device, so a token costs one upload
/// of its number and one read of its logits. All matrices are row-major in single precision; weights are packed as in <see cref="PackedMatrix"/> or dense.
/// </para>
/// <para>
/// A device may serve several models and threads: callers hold <see cref="DeviceMemory.StepLock"/> over operations that belong together. Whoever creates a device disposes it, after the models that use it.
/// </para>
/// </remarks>
public abstract class ComputeDevice : DeviceMemory
{
    /// <param name="memoryBudget">The most memory that the device's resources may occupy together, in bytes; at least 1.</param>
    protected ComputeDevice(long memoryBudget)
        : base(memoryBudget)
    {
    }

    /// <summary>Looks rows up: output[t] = table[rows[t]], compensator included.</summary>
    /// <param name="table">The table [N, K], from <see cref="DeviceMemory.UploadTable"/>.</param>
    /// <param name="rows">T row numbers, each below N.</param>
    /// <param name="output">Receives [T, K].</param>
    public void Embed(DeviceMatrix table, ReadOnlySpan<int> rows, in DeviceRows output)
    {
        Require(table);
        Require(output, rows.Length, table.Columns);
        foreach (int row in rows)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)table.Rows, nameof(rows));
        EmbedCore(table, rows, output);
    }

    /// <summary>Root-mean-square normalisation: y = x / √(mean(x²) + ε) · w (Zhang and Sennrich, arXiv 1910.07467).</summary>
    /// <param name="x">[T, K].</param>
    /// <param name="weight">w, one row of K.</param>
    /// <param name="epsilon">ε, at least 0.</param>
    /// <param name="y">Receives [T, K]; may be <paramref name="x"/>.</param>
    public void Normalise(in DeviceRows x, in DeviceRows weight, float epsilon, in DeviceRows y)
    {
        Require(x);
        Require(weight, 1, x.Columns);
        Require(y, x.Count, x.Columns);
        NormaliseCore(x, weight, epsilon, y);
    }

    /// <summary>Multiplies: y[t, n] = Σ_k w[n, k] · x[t, k], compensator included.</summary>
    /// <param name="w">[N, K].</param>
    /// <param name="x">[T, K].</param>
    /// <param name="y">Receives [T, N].</param>
    public void Multiply(DeviceMatrix w, in DeviceRows x, in DeviceRows y)
    {
        Require(w);
        Require(x, x.Count, w.Columns);
        Require(y, x.Count, w.Rows);
        MultiplyCore(w, x, y);
    }

    /// <summary>The inner product of a gated network: y = silu(gate · x) · (up · x), compensators included; <see cref="Multiply"/> twice and <see cref="Activate"/>, in fewer steps where a device can.</summary>
    /// <param name="gate">[N, K].</param>
    /// <param name="up">[N, K].</param>
    /// <param name="x">[T, K].</param>
    /// <param name="work">[T, N], for what a device keeps between steps; its contents are lost.</param>
    /// <param name="y">Receives [T, N].</param>
    public void MultiplyGated(DeviceMatrix gate, DeviceMatrix up, in DeviceRows x, in DeviceRows work, in DeviceRows y)
    {
        Require(gate);
        Require(up);
        RequireEqual(gate.Rows, up.Rows, "rows");
        RequireEqual(gate.Columns, up.Columns, "columns");
        Require(x, x.Count, gate.Columns);
        Require(work, x.Count, gate.Rows);
        Require(y, x.Count, gate.Rows);
        MultiplyGatedCore(gate, up, x, work, y);
    }

    /// <summary>Adds one row to every row: y[t] += bias.</summary>
    /// <param name="bias">One row of K.</param>
    /// <param name="y">[T, K].</param>
    public void AddBias(in DeviceRows bias, in DeviceRows y)
    {
        Require(y);
        Require(bias, 1, y.Columns);
        AddBiasCore(bias, y);
    }

    /// <summary>Limits every number to [−limit, limit].</summary>
    /// <param name="y">[T, K].</param>
    /// <param name="limit">The limit, above 0.</param>
    public void Clamp(in DeviceRows y, float limit)
    {
        Require(y);
        ClampCore(y, limit);
    }

    /// <summary>
    /// Rotary position embedding (Su et al., arXiv 2104.09864), half-split: in every head, feature i and feature i + D/2 are rotated by the angle of the token's position.
    /// </summary>
    /// <param name="y">[T, heads · D], the token at position firstPosition + t in row t.</param>
    /// <param name="rotations">[positions, D]: D/2 cosines, then D/2 sines of each position.</param>
    /// <param name="firstPosition">The first token's position.</param>
    public void Rotate(in DeviceRows y, in DeviceRows rotations, int firstPosition)
    {
        Require(y);
        Require(rotations);
        RequireEqual(0, y.Columns % rotations.Columns, "numbers beyond the last head");
        RequirePositions(firstPosition, y.Count, rotations.Count);
        RotateCore(y, rotations, firstPosition);
    }

    /// <summary>
    /// Causal scaled dot-product attention with grouped heads: query head h reads key-value head h / (heads / key-value heads), and the token at position p sees the positions
    /// max(0, p − window + 1) … p. Scores are divided by √D.
    /// </summary>
    /// <param name="queries">[T, heads · D].</param>
    /// <param name="keys">[positions, key-value heads · D], stored up to the last token's position.</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="headDimension">D.</param>
    /// <param name="firstPosition">The first token's position.</param>
    /// <param name="window">Positions that a token sees, itself included, at least 1.</param>
    /// <param name="outputs">Receives [T, heads · D].</param>
    public void Attend(in DeviceRows queries, in DeviceRows keys, in DeviceRows values, int headDimension, int firstPosition, int window, in DeviceRows outputs)
    {
        Require(queries);
        Require(keys);
        Require(values, keys.Count, keys.Columns);
        Require(outputs, queries.Count, queries.Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(headDimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        RequireEqual(0, (queries.Columns % keys.Columns) + (keys.Columns % headDimension), "numbers beyond the last head");
        RequirePositions(firstPosition, queries.Count, keys.Count);
        AttendCore(queries, keys, values, headDimension, firstPosition, window, outputs);
    }

    /// <summary>
    /// Chooses experts: softmax over the logits, the k most probable in order of falling probability (among equals the lower number), optionally divided by their sum; then sorts the pairs of
    /// token and choice by expert.
    /// </summary>
    /// <param name="logits">[T, experts]; overwritten.</param>
    /// <param name="normalize">Whether the chosen probabilities are divided by their sum.</param>
    /// <param name="routing">Receives the result; its counts are those of the model.</param>
    public void Route(in DeviceRows logits, bool normalize, DeviceRouting routing)
    {
        Require(routing);
        Require(logits, logits.Count, routing.ExpertCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(logits.Count, routing.MaxTokens, nameof(logits));
        routing.TokenCount = logits.Count;
        RouteCore(logits, normalize, routing);
    }

    /// <summary>Multiplies every slot's inputs with the weights of the slot's expert, all of them in one go: y[s] = w[expert of s] · x.</summary>
    /// <param name="w">One projection of all experts, [N, K] each.</param>
    /// <param name="routing">The routing of the batch.</param>
    /// <param name="x">[T, K] or [slots, K].</param>
    /// <param name="inputs">Which of the two.</param>
    /// <param name="y">Receives [slots, N].</param>
    public void MultiplyExperts(DeviceExperts w, DeviceRouting routing, in DeviceRows x, ExpertInputs inputs, in DeviceRows y)
    {
        Require(w);
        Require(routing);
        RequireEqual(w.Count, routing.ExpertCount, "experts");
        Require(x, inputs == ExpertInputs.Tokens ? routing.TokenCount : routing.SlotCount, w.Columns);
        Require(y, routing.SlotCount, w.Rows);
        MultiplyExpertsCore(w, routing, x, inputs, y);
    }

    /// <summary>The inner product of routed gated networks: y[s] = silu(gate[expert of s] · x) · (up[expert of s] · x), where x is the token of slot s.</summary>
    /// <param name="gate">The gate projections of all experts, [N, K] each.</param>
    /// <param name="up">The up projections of all experts, [N, K] each.</param>
    /// <param name="routing">The routing of the batch.</param>
    /// <param name="x">[T, K].</param>
    /// <param name="work">[slots, N], for what a device keeps between steps; its contents are lost.</param>
    /// <param name="y">Receives [slots, N].</param>
    public void MultiplyGatedExperts(DeviceExperts gate, DeviceExperts up, DeviceRouting routing, in DeviceRows x, in DeviceRows work, in DeviceRows y)
    {
        Require(gate);
        Require(up);
        Require(routing);
        RequireEqual(gate.Count, routing.ExpertCount, "experts");
        RequireEqual(gate.Count, up.Count, "experts");
        RequireEqual(gate.Rows, up.Rows, "rows");
        RequireEqual(gate.Columns, up.Columns, "columns");
        Require(x, routing.TokenCount, gate.Columns);
        Require(work, routing.SlotCount, gate.Rows);
        Require(y, routing.SlotCount, gate.Rows);
        MultiplyGatedExpertsCore(gate, up, routing, x, work, y);
    }

    /// <summary>The inner activation of gated networks: inner = silu(gate) · up, elementwise, silu(x) = x / (1 + e^−x) (SwiGLU; Shazeer, arXiv 2002.05202).</summary>
    /// <param name="gate">[T, K].</param>
    /// <param name="up">[T, K].</param>
    /// <param name="inner">Receives [T, K]; may be either of the others.</param>
    public void Activate(in DeviceRows gate, in DeviceRows up, in DeviceRows inner)
    {
        Require(gate);
        Require(up, gate.Count, gate.Columns);
        Require(inner, gate.Count, gate.Columns);
        ActivateCore(gate, up, inner);
    }

    /// <summary>Adds the experts' outputs: y[t] += Σ_k weight(t, k) · slots[slot of (t, k)], in the order of the choices.</summary>
    /// <param name="routing">The routing of the batch.</param>
    /// <param name="slots">[slots, K].</param>
    /// <param name="y">[T, K].</param>
    public void Combine(DeviceRouting routing, in DeviceRows slots, in DeviceRows y)
    {
        Require(routing);
        Require(y);
        Require(slots, routing.SlotCount, y.Columns);
        RequireEqual(routing.TokenCount, y.Count, "tokens");
        CombineCore(routing, slots, y);
    }

    /// <summary>Adds elementwise: y += x.</summary>
    /// <param name="x">[T, K].</param>
    /// <param name="y">[T, K].</param>
    public void Add(in DeviceRows x, in DeviceRows y)
    {
        Require(x);
        Require(y, x.Count, x.Columns);
        AddCore(x, y);
    }

    /// <summary><see cref="Embed"/> after its checks.</summary>
    protected abstract void EmbedCore(DeviceMatrix table, ReadOnlySpan<int> rows, in DeviceRows output);

    /// <summary><see cref="Normalise"/> after its checks.</summary>
    protected abstract void NormaliseCore(in DeviceRows x, in DeviceRows weight, float epsilon, in DeviceRows y);

    /// <summary><see cref="Multiply"/> after its checks.</summary>
    protected abstract void MultiplyCore(DeviceMatrix w, in DeviceRows x, in DeviceRows y);

    /// <summary><see cref="MultiplyGated"/> after its checks: by default two products and the activation.</summary>
    protected virtual void MultiplyGatedCore(DeviceMatrix gate, DeviceMatrix up, in DeviceRows x, in DeviceRows work, in DeviceRows y)
    {
        MultiplyCore(gate, x, y);
        MultiplyCore(up, x, work);
        ActivateCore(y, work, y);
    }

    /// <summary><see cref="AddBias"/> after its checks.</summary>
    protected abstract void AddBiasCore(in DeviceRows bias, in DeviceRows y);

    /// <summary><see cref="Clamp"/> after its checks.</summary>
    protected abstract void ClampCore(in DeviceRows y, float limit);

    /// <summary><see cref="Rotate"/> after its checks.</summary>
    protected abstract void RotateCore(in DeviceRows y, in DeviceRows rotations, int firstPosition);

    /// <summary><see cref="Attend"/> after its checks.</summary>
    protected abstract void AttendCore(in DeviceRows queries, in DeviceRows keys, in DeviceRows values, int headDimension, int firstPosition, int window, in DeviceRows outputs);

    /// <summary><see cref="Route"/> after its checks.</summary>
    protected abstract void RouteCore(in DeviceRows logits, bool normalize, DeviceRouting routing);

    /// <summary><see cref="MultiplyExperts"/> after its checks.</summary>
    protected abstract void MultiplyExpertsCore(DeviceExperts w, DeviceRouting routing, in DeviceRows x, ExpertInputs inputs, in DeviceRows y);

    /// <summary><see cref="MultiplyGatedExperts"/> after its checks: by default two products and the activation.</summary>
    protected virtual void MultiplyGatedExpertsCore(DeviceExperts gate, DeviceExperts up, DeviceRouting routing, in DeviceRows x, in DeviceRows work, in DeviceRows y)
    {
        MultiplyExpertsCore(gate, routing, x, ExpertInputs.Tokens, y);
        MultiplyExpertsCore(up, routing, x, ExpertInputs.Tokens, work);
        ActivateCore(y, work, y);
    }

    /// <summary><see cref="Activate"/> after its checks.</summary>
    protected abstract void ActivateCore(in DeviceRows gate, in DeviceRows up, in DeviceRows inner);

    /// <summary><see cref="Combine"/> after its checks.</summary>
    protected abstract void CombineCore(DeviceRouting routing, in DeviceRows slots, in DeviceRows y);

    /// <summary><see cref="Add"/> after its checks.</summary>
    protected abstract void AddCore(in DeviceRows x, in DeviceRows y);

    private void Require(in DeviceRows rows, int count, int columns)
    {
        Require(rows);
        if (rows.Count != count || rows.Columns != columns)
            throw new ArgumentException($"There are {rows.Count} rows of {rows.Columns}; expected are {count} of {columns}.");
    }

    private static void RequirePositions(int first, int count, int positions)
    {
        if (first < 0 || count > positions - first)
            throw new ArgumentException($"{count} tokens from position {first} on are not within {positions} positions.");
    }
}
