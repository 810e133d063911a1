using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>A GPU that models run on, through ILGPU: CUDA, or OpenCL.</summary>
/// <remarks>Kernels are compiled for the accelerator when the device is created and when a product of a new shape is first needed. Everything runs on the accelerator's default stream.</remarks>
public sealed class IlgpuDevice : ComputeDevice
{
    private readonly Context? _context;
    private readonly AcceleratorStream _stream;
    private readonly DecoderKernels _kernels;
    private readonly PackedProduct<float> _products;
    private readonly DeviceScratch<float> _work;
    private readonly DeviceScratch<int> _tokens;
    private bool _closed;

    private IlgpuDevice(Accelerator accelerator, Context? context, long memoryBudget, PackedProduct<float> products)
        : base(memoryBudget > 0 ? memoryBudget : accelerator.MemorySize / 10 * 9)
    {
        Accelerator = accelerator;
        _context = context;
        _stream = accelerator.DefaultStream;
        _kernels = new DecoderKernels(accelerator, _stream);
        _products = products;
        _work = new DeviceScratch<float>(accelerator, _stream, Reserve, Return);
        _tokens = new DeviceScratch<int>(accelerator, _stream, Reserve, Return);
    }

    /// <inheritdoc/>
    public override string Name => Accelerator.Name;

    /// <summary>Whether matrices that suit them are multiplied on tensor cores.</summary>
    public bool UsesTensorCores => _products.UsesTensorCores;

    internal Accelerator Accelerator { get; }

    /// <summary>Starts an accelerator of this machine.</summary>
    /// <param name="kind">Which accelerators count.</param>
    /// <param name="index">Which of them, in the order in which ILGPU lists them.</param>
    /// <param name="memoryBudget">The most memory that models may occupy on it, in bytes; 0 for nine tenths of what it has.</param>
    /// <param name="tensorCores">Whether tensor cores are used.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">There is no such accelerator (MOEQ5070), or it does not start (MOEQ5071).</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static IlgpuDevice Create(IlgpuAcceleratorKind kind = IlgpuAcceleratorKind.Gpu, int index = 0, long memoryBudget = 0, TensorCoreUse tensorCores = TensorCoreUse.Off)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(memoryBudget);
        return AcceleratorChoice.Start(kind, index, (context, accelerator) => new IlgpuDevice(accelerator, context, memoryBudget, Products(accelerator, tensorCores)));
    }

    /// <summary>Takes an accelerator that the app has started itself, with settings of its own. It stays the app's.</summary>
    /// <param name="accelerator">The accelerator; is disposed after the device.</param>
    /// <param name="memoryBudget">The most memory that models may occupy on it, in bytes; 0 for nine tenths of what it has.</param>
    /// <param name="tensorCores">Whether tensor cores are used.</param>
    /// <exception cref="ArgumentOutOfRangeException">The budget is negative.</exception>
    public static IlgpuDevice Create(Accelerator accelerator, long memoryBudget = 0, TensorCoreUse tensorCores = TensorCoreUse.Off)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentOutOfRangeException.ThrowIfNegative(memoryBudget);
        return Create(accelerator, memoryBudget, Products(accelerator, tensorCores));
    }

    /// <summary>Takes an accelerator of the app, and products that were made for it.</summary>
    internal static IlgpuDevice Create(Accelerator accelerator, long memoryBudget, PackedProduct<float> products) => new(accelerator, null, memoryBudget, products);

    /// <inheritdoc/>
    public override long MatrixBytes(in LinearOperand weights) => IlgpuMatrix.SizeOf(weights);

    /// <inheritdoc/>
    public override long ExpertsBytes(IReadOnlyList<LinearOperand> experts) => IlgpuExperts.SizeOf(experts);

    /// <inheritdoc/>
    public override long TableBytes(in LinearOperand table) => IlgpuMatrix.SizeOf(table);

    /// <inheritdoc/>
    public override long RoutingBytes(int maxTokens, int expertCount, int expertsPerToken) => IlgpuRouting.SizeOf(maxTokens, expertCount, expertsPerToken);

    /// <summary>Waits for everything that was asked for, unless the device is disposed already.</summary>
    internal void Settle()
    {
        if (!_closed)
            _stream.Synchronize();
    }

    /// <inheritdoc/>
    protected override void Close()
    {
        _stream.Synchronize();
        _closed = true;
        _work.Dispose();
        _tokens.Dispose();
        if (_context is null)
            return;
        Accelerator.Dispose();
        _context.Dispose();
    }

    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long length) => Allocated(length * sizeof(float), () => new IlgpuBuffer(this, length));

    /// <inheritdoc/>
    protected override DeviceMatrix UploadCore(in LinearOperand weights)
    {
        LinearOperand operand = weights;
        return Allocated(MatrixBytes(operand), () => new IlgpuMatrix(this, operand));
    }

    /// <inheritdoc/>
    protected override DeviceExperts UploadCore(IReadOnlyList<LinearOperand> experts) => Allocated(ExpertsBytes(experts), () => new IlgpuExperts(this, experts));

    /// <inheritdoc/>
    protected override DeviceMatrix UploadTableCore(in LinearOperand table) => UploadCore(table);

    /// <inheritdoc/>
    protected override DeviceRouting CreateRoutingCore(int maxTokens, int expertCount, int expertsPerToken) =>
        Allocated(RoutingBytes(maxTokens, expertCount, expertsPerToken), () => new IlgpuRouting(this, maxTokens, expertCount, expertsPerToken));

    /// <inheritdoc/>
    protected override void WriteCore(ReadOnlySpan<float> source, in DeviceRows destination) =>
        IlgpuBuffer.View(destination).CopyFromCPU(_stream, ref MemoryMarshal.GetReference(source), source.Length);

    /// <inheritdoc/>
    protected override void ReadCore(in DeviceRows source, Span<float> destination) =>
        IlgpuBuffer.View(source).CopyToCPU(_stream, ref MemoryMarshal.GetReference(destination), destination.Length);

    /// <inheritdoc/>
    protected override void EmbedCore(DeviceMatrix table, ReadOnlySpan<int> rows, in DeviceRows output)
    {
        // One row's number goes along with the launch: a token that decodes copies nothing to the device.
        ArrayView<int> tokens = _tokens.Take(rows.Length);
        if (rows.Length > 1)
            tokens.SubView(0, rows.Length).CopyFromCPU(_stream, ref MemoryMarshal.GetReference(rows), rows.Length);
        _kernels.LookUp((IlgpuMatrix)table, tokens, rows.Length > 1 ? -1 : rows[0], rows.Length, IlgpuBuffer.View(output));
    }

    /// <inheritdoc/>
    protected override void NormaliseCore(in DeviceRows x, in DeviceRows weight, float epsilon, in DeviceRows y) =>
        _kernels.Normalise(IlgpuBuffer.View(x), IlgpuBuffer.View(weight), epsilon, IlgpuBuffer.View(y), x.Count);

    /// <inheritdoc/>
    protected override void MultiplyCore(DeviceMatrix w, in DeviceRows x, in DeviceRows y)
    {
        IlgpuMatrix matrix = (IlgpuMatrix)w;
        if (matrix.Packed is { } packed)
        {
            _products.Multiply(_stream, packed, IlgpuBuffer.View(x), x.Count, _work.Take(_products.WorkLength(packed, x.Count)), IlgpuBuffer.View(y));
            return;
        }

        ArrayView<int> nobody = _tokens.Take(1);
        _kernels.Multiply(matrix.Dense!.View, IlgpuBuffer.View(x), nobody, nobody, IlgpuBuffer.View(y), x.Count, new DenseProductShape { Rows = w.Rows, Columns = w.Columns });
    }

    /// <inheritdoc/>
    protected override void MultiplyGatedCore(DeviceMatrix gate, DeviceMatrix up, in DeviceRows x, in DeviceRows work, in DeviceRows y)
    {
        if (((IlgpuMatrix)gate).Packed is not { } gates || ((IlgpuMatrix)up).Packed is not { } ups || !PackedProducts.CanGate(gates, ups))
        {
            base.MultiplyGatedCore(gate, up, x, work, y);
            return;
        }

        _products.MultiplyGated(_stream, gates, ups, IlgpuBuffer.View(x), x.Count, _work.Take(_products.WorkLength(gates, ups, x.Count)), IlgpuBuffer.View(y));
    }

    /// <inheritdoc/>
    protected override void AddBiasCore(in DeviceRows bias, in DeviceRows y) => _kernels.AddBias(IlgpuBuffer.View(bias), IlgpuBuffer.View(y));

    /// <inheritdoc/>
    protected override void ClampCore(in DeviceRows y, float limit) => _kernels.Clamp(IlgpuBuffer.View(y), limit);

    /// <inheritdoc/>
    protected override void RotateCore(in DeviceRows y, in DeviceRows rotations, int firstPosition) =>
        _kernels.Rotate(IlgpuBuffer.View(y), IlgpuBuffer.View(rotations), y.Count, y.Columns, rotations.Columns, firstPosition);

    /// <inheritdoc/>
    protected override void AttendCore(in DeviceRows queries, in DeviceRows keys, in DeviceRows values, int headDimension, int firstPosition, int window, in DeviceRows outputs) =>
        _kernels.Attend(IlgpuBuffer.View(queries), IlgpuBuffer.View(keys), IlgpuBuffer.View(values), IlgpuBuffer.View(outputs), queries.Count, new AttentionShape
        {
            QuerySize = queries.Columns,
            KeyValueSize = keys.Columns,
            HeadDimension = headDimension,
            GroupHeads = queries.Columns / keys.Columns,
            FirstPosition = firstPosition,
            Window = window,
            Scale = 1 / MathF.Sqrt(headDimension),
        });

    /// <inheritdoc/>
    protected override void RouteCore(in DeviceRows logits, bool normalize, DeviceRouting routing)
    {
        IlgpuRouting routed = (IlgpuRouting)routing;
        _kernels.Route(IlgpuBuffer.View(logits), normalize, routed);
        routed.Plan.Build(_stream, routed.Offsets, routed.SlotCount);
    }

    /// <inheritdoc/>
    protected override void MultiplyExpertsCore(DeviceExperts w, DeviceRouting routing, in DeviceRows x, ExpertInputs inputs, in DeviceRows y)
    {
        IlgpuExperts experts = (IlgpuExperts)w;
        IlgpuRouting routed = (IlgpuRouting)routing;
        bool byToken = inputs == ExpertInputs.Tokens;
        if (experts.Packed is { } packed)
        {
            ArrayView<int> rows = byToken ? routed.TokenOfSlot : ArrayView<int>.Empty;
            _products.MultiplyExperts(_stream, packed, routed.Plan, rows, IlgpuBuffer.View(x), _work.Take(_products.WorkLength(packed, routed.SlotCount)), IlgpuBuffer.View(y));
            return;
        }

        DenseProductShape shape = new() { Rows = w.Rows, Columns = w.Columns, Grouped = 1, Indirect = byToken ? 1 : 0 };
        _kernels.Multiply(experts.Dense!.View, IlgpuBuffer.View(x), routed.TokenOfSlot, routed.ExpertOfSlot, IlgpuBuffer.View(y), y.Count, shape);
    }

    /// <inheritdoc/>
    protected override void MultiplyGatedExpertsCore(DeviceExperts gate, DeviceExperts up, DeviceRouting routing, in DeviceRows x, in DeviceRows work, in DeviceRows y)
    {
        if (((IlgpuExperts)gate).Packed is not { } gates || ((IlgpuExperts)up).Packed is not { } ups || !PackedProducts.CanGate(gates, ups))
        {
            base.MultiplyGatedExpertsCore(gate, up, routing, x, work, y);
            return;
        }

        IlgpuRouting routed = (IlgpuRouting)routing;
        ArrayView<float> scratch = _work.Take(_products.WorkLength(gates, ups, routed.SlotCount));
        _products.MultiplyGatedExperts(_stream, gates, ups, routed.Plan, routed.TokenOfSlot, IlgpuBuffer.View(x), scratch, IlgpuBuffer.View(y));
    }

    /// <inheritdoc/>
    protected override void ActivateCore(in DeviceRows gate, in DeviceRows up, in DeviceRows inner) =>
        _kernels.Activate(IlgpuBuffer.View(gate), IlgpuBuffer.View(up), IlgpuBuffer.View(inner));

    /// <inheritdoc/>
    protected override void CombineCore(DeviceRouting routing, in DeviceRows slots, in DeviceRows y) =>
        _kernels.Combine((IlgpuRouting)routing, IlgpuBuffer.View(slots), IlgpuBuffer.View(y), y.Columns);

    /// <inheritdoc/>
    protected override void AddCore(in DeviceRows x, in DeviceRows y) => _kernels.Add(IlgpuBuffer.View(x), IlgpuBuffer.View(y));

    private static PackedProduct<float> Products(Accelerator accelerator, TensorCoreUse tensorCores) => PackedProducts.ForSingle(accelerator, tensorCores == TensorCoreUse.WhereSupported);

    // The budget is what the app allows; the device may have less left.
    private T Allocated<T>(long bytes, Func<T> allocate)
    {
        try
        {
            return allocate();
        }
        catch (Exception e) when (e is AcceleratorException or OutOfMemoryException)
        {
            throw new DeviceMemoryException(bytes, AvailableBytes + bytes, e);
        }
    }
}
