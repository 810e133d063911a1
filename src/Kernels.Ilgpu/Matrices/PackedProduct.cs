using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Multiplies packed matrices with tokens on a device, compensators included: y = (Ŵ + U · V) x.</summary>
/// <remarks>
/// Kernels are compiled when they are first needed. Results are in single precision and do not depend on the batch's other tokens, but on the device's tile shapes. Matrices whose codes or groups tensor cores
/// do not know take the portable kernels. Not thread-safe.
/// </remarks>
/// <typeparam name="TElement">The type of the inputs in memory.</typeparam>
public sealed class PackedProduct<TElement>
    where TElement : unmanaged
{
    private readonly FactorProjection<TElement> _projection;
    private readonly PortableLauncher<TElement> _portable;
    private readonly TensorLauncher<TElement>? _tensorCores;

    internal PackedProduct(PortableLauncher<TElement> portable, FactorProjection<TElement> projection, TensorLauncher<TElement>? tensorCores)
    {
        _portable = portable;
        _projection = projection;
        _tensorCores = tensorCores;
    }

    /// <summary>Whether matrices that suit them are multiplied on tensor cores.</summary>
    public bool UsesTensorCores => _tensorCores is not null;

    /// <summary>Numbers of working memory that products need: the projections on compensators, and on tensor cores the inputs in half precision.</summary>
    /// <param name="w">One matrix, or those of all experts.</param>
    /// <param name="slots">Results: tokens, or tokens times experts per token.</param>
    public long WorkLength(PackedWeights w, int slots) => WorkLength(Plain(w), slots);

    /// <summary>Numbers of working memory that products of gate and up need.</summary>
    /// <param name="gate">The gate, or those of all experts.</param>
    /// <param name="up">The up projection, or those of all experts.</param>
    /// <param name="slots">Results: tokens, or tokens times experts per token.</param>
    public long WorkLength(PackedWeights gate, PackedWeights up, int slots) => WorkLength(Gated(gate, up), slots);

    /// <summary>Multiplies one matrix: y[t, n] = Σ_k w[n, k] · x[t, k].</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="w">One matrix [N, K].</param>
    /// <param name="x">[T, K].</param>
    /// <param name="count">T, at least 1.</param>
    /// <param name="work">At least <see cref="WorkLength(PackedWeights, int)"/> numbers.</param>
    /// <param name="y">Receives [T, N].</param>
    /// <exception cref="ArgumentException">There are several matrices, or a view is too short.</exception>
    public void Multiply(AcceleratorStream stream, PackedWeights w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y) =>
        Multiply(stream, Plain(w), x, count, work, y);

    /// <summary>Multiplies gate and up in one launch: y[t, n] = silu(Σ_k gate[n, k] · x[t, k]) · Σ_k up[n, k] · x[t, k].</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="gate">One matrix [N, K].</param>
    /// <param name="up">One matrix [N, K], for which <see cref="PackedProducts.CanGate"/> is true.</param>
    /// <param name="x">[T, K].</param>
    /// <param name="count">T, at least 1.</param>
    /// <param name="work">At least <see cref="WorkLength(PackedWeights, PackedWeights, int)"/> numbers.</param>
    /// <param name="y">Receives [T, N].</param>
    /// <exception cref="ArgumentException">The matrices do not belong together, there are several, or a view is too short.</exception>
    public void MultiplyGated(AcceleratorStream stream, PackedWeights gate, PackedWeights up, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y) =>
        Multiply(stream, Gated(gate, up), x, count, work, y);

    /// <summary>Multiplies every slot's inputs with the matrix of its expert: y[s] = w[expert of s] · x, in one launch.</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="w">The matrices of all experts, [N, K] each.</param>
    /// <param name="plan">Which slots go to which expert.</param>
    /// <param name="inputRows">The row of <paramref name="x"/> of each slot; empty if slot s reads row s.</param>
    /// <param name="x">Rows of K numbers: as many as <paramref name="inputRows"/> names, which is not checked, and not more than slots; or one per slot.</param>
    /// <param name="work">At least <see cref="WorkLength(PackedWeights, int)"/> numbers.</param>
    /// <param name="y">Receives [slots, N].</param>
    /// <exception cref="ArgumentException">The number of experts differs, or a view is too short.</exception>
    /// <remarks>Experts whose codes have another number of bits than the first one's take a launch of their own for each number.</remarks>
    public void MultiplyExperts(
        AcceleratorStream stream, PackedWeights w, ExpertPlan plan, ArrayView<int> inputRows, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y) =>
        MultiplyExperts(stream, Plain(w), plan, inputRows, x, work, y);

    /// <summary>Multiplies every slot's inputs with gate and up of its expert, in one launch: y[s] = silu(gate[expert of s] · x) · (up[expert of s] · x).</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="gate">The gates of all experts, [N, K] each.</param>
    /// <param name="up">The up projections of all experts, for which <see cref="PackedProducts.CanGate"/> is true.</param>
    /// <param name="plan">Which slots go to which expert.</param>
    /// <param name="inputRows">As in <see cref="MultiplyExperts(AcceleratorStream, PackedWeights, ExpertPlan, ArrayView{int}, ArrayView{TElement}, ArrayView{float}, ArrayView{float})"/>.</param>
    /// <param name="x">As there.</param>
    /// <param name="work">At least <see cref="WorkLength(PackedWeights, PackedWeights, int)"/> numbers.</param>
    /// <param name="y">Receives [slots, N].</param>
    /// <exception cref="ArgumentException">The matrices do not belong together, the number of experts differs, or a view is too short.</exception>
    public void MultiplyGatedExperts(
        AcceleratorStream stream, PackedWeights gate, PackedWeights up, ExpertPlan plan, ArrayView<int> inputRows, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y) =>
        MultiplyExperts(stream, Gated(gate, up), plan, inputRows, x, work, y);

    private static ProductOperands Plain(PackedWeights w)
    {
        ArgumentNullException.ThrowIfNull(w);
        return new ProductOperands(w);
    }

    private static ProductOperands Gated(PackedWeights gate, PackedWeights up) => PackedProducts.CanGate(gate, up)
        ? new ProductOperands(gate, up)
        : throw new ArgumentException("Gate and up differ in their number, their shape or their bits.", nameof(up));

    private void Multiply(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y)
    {
        if (w.First.Count != 1)
            throw new ArgumentException($"There are {w.First.Count} matrices; expected is one.", nameof(w));
        Require(w, count, x.Length, (long)count * w.First.Columns, work.Length, y.Length);
        _projection.Project(stream, w, x, count, work);
        Launcher(w).Multiply(stream, w, x, count, work, y);
    }

    private void MultiplyExperts(
        AcceleratorStream stream, ProductOperands w, ExpertPlan plan, ArrayView<int> inputRows, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (w.First.Count != plan.ExpertCount)
            throw new ArgumentException($"There are {w.First.Count} matrices; expected are {plan.ExpertCount}, one per expert.", nameof(w));
        bool indirect = inputRows.Length > 0;
        if (indirect && inputRows.Length < plan.Slots)
            throw new ArgumentException($"There are input rows for {inputRows.Length} slots; expected are {plan.Slots}.", nameof(inputRows));
        Require(w, plan.Slots, x.Length, indirect ? w.First.Columns : (long)plan.Slots * w.First.Columns, work.Length, y.Length);
        // A view must not be empty, even if the kernel does not read it.
        ArrayView<int> rows = indirect ? inputRows : plan.AnyIntegers;
        _projection.ProjectExperts(stream, w, plan, rows, indirect, x, work);
        Launcher(w).MultiplyExperts(stream, w, plan, rows, indirect, x, work, y);
    }

    private ProductLauncher<TElement> Launcher(ProductOperands w) => _tensorCores is not null && w.SuitTensorCores ? _tensorCores : _portable;

    private long WorkLength(ProductOperands w, int slots) =>
        _tensorCores is not null && w.SuitTensorCores ? TensorInputs.WorkLength(w, slots) : Math.Max(1, w.LatentLength(slots));

    private void Require(ProductOperands w, int slots, long inputs, long neededInputs, long work, long outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        Views.RequireLength(inputs, neededInputs, "x");
        Views.RequireLength(work, WorkLength(w, slots), nameof(work));
        Views.RequireLength(outputs, (long)slots * w.First.Rows, "y");
    }
}
