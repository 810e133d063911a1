namespace MoEQuant.Kernels.Devices;

/// <summary>The memory of a device: a budget, what lies in it, and copies from and to the host. Every method reserves before it allocates, so the budget is never exceeded.</summary>
public abstract class DeviceMemory : IDisposable
{
    private bool _disposed;

    /// <param name="memoryBudget">The most memory that the device's resources may occupy together, in bytes; at least 1.</param>
    private protected DeviceMemory(long memoryBudget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryBudget, 1);
        MemoryBudget = memoryBudget;
    }

    /// <summary>What the device is called, for people.</summary>
    public abstract string Name { get; }

    /// <summary>The most memory that the device's resources may occupy together, in bytes.</summary>
    public long MemoryBudget { get; }

    /// <summary>What resources occupy now, in bytes.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>What is left of the budget, in bytes.</summary>
    public long AvailableBytes => MemoryBudget - AllocatedBytes;

    /// <summary>Held by callers over operations that belong together, so that several models can share a device.</summary>
    public Lock StepLock { get; } = new();

    /// <summary>Waits for what runs and frees all memory of the device. Its resources may be disposed before or after.</summary>
    public void Dispose()
    {
        lock (StepLock)
        {
            if (_disposed)
                return;
            _disposed = true;
            Close();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for what runs and frees everything; called once.</summary>
    protected abstract void Close();

    /// <summary>Takes memory from the budget for something of the device's own, for example partial sums.</summary>
    /// <param name="bytes">Bytes.</param>
    /// <exception cref="DeviceMemoryException">The budget is too small.</exception>
    protected void Reserve(long bytes)
    {
        if (bytes > AvailableBytes)
            throw new DeviceMemoryException(bytes, AvailableBytes);
        AllocatedBytes += bytes;
    }

    /// <summary>Gives back what <see cref="Reserve"/> took.</summary>
    protected internal void Return(long bytes) => AllocatedBytes -= bytes;

    /// <summary>Allocates numbers, not cleared.</summary>
    /// <param name="length">Numbers, at least 1.</param>
    /// <exception cref="DeviceMemoryException">There is not enough memory.</exception>
    public DeviceBuffer Allocate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return Create(checked(length * sizeof(float)), () => AllocateCore(length));
    }

    /// <summary>What <see cref="Upload(in LinearOperand)"/> will occupy, in bytes.</summary>
    public abstract long MatrixBytes(in LinearOperand weights);

    /// <summary>Copies the weights of a linear layer to the device.</summary>
    /// <param name="weights">The weights; not needed afterwards.</param>
    /// <exception cref="DeviceMemoryException">There is not enough memory.</exception>
    public DeviceMatrix Upload(in LinearOperand weights)
    {
        LinearOperand operand = weights;
        return Create(MatrixBytes(operand), () => UploadCore(operand));
    }

    /// <summary>What <see cref="Upload(IReadOnlyList{LinearOperand})"/> will occupy, in bytes.</summary>
    public abstract long ExpertsBytes(IReadOnlyList<LinearOperand> experts);

    /// <summary>Copies one projection of all experts of a layer to the device.</summary>
    /// <param name="experts">The weights in the order of the experts; at least one, of equal rows and columns. Not needed afterwards.</param>
    /// <exception cref="ArgumentException">There are none, or their shapes differ.</exception>
    /// <exception cref="DeviceMemoryException">There is not enough memory.</exception>
    public DeviceExperts Upload(IReadOnlyList<LinearOperand> experts)
    {
        ArgumentNullException.ThrowIfNull(experts);
        if (experts.Count == 0 || experts.Any(expert => expert.Rows != experts[0].Rows || expert.Columns != experts[0].Columns))
            throw new ArgumentException("There are no experts, or their shapes differ.", nameof(experts));
        return Create(ExpertsBytes(experts), () => UploadCore(experts));
    }

    /// <summary>What <see cref="UploadTable"/> will occupy, in bytes.</summary>
    public abstract long TableBytes(in LinearOperand table);

    /// <summary>Copies a matrix to the device from which rows will be looked up (<see cref="ComputeDevice.Embed"/>), not one to multiply with.</summary>
    /// <param name="table">The matrix; not needed afterwards.</param>
    /// <exception cref="DeviceMemoryException">There is not enough memory.</exception>
    public DeviceMatrix UploadTable(in LinearOperand table)
    {
        LinearOperand operand = table;
        return Create(TableBytes(operand), () => UploadTableCore(operand));
    }

    /// <summary>What <see cref="CreateRouting"/> will occupy, in bytes.</summary>
    public abstract long RoutingBytes(int maxTokens, int expertCount, int expertsPerToken);

    /// <summary>Allocates a routing.</summary>
    /// <param name="maxTokens">The most tokens of a batch, at least 1.</param>
    /// <param name="expertCount">Experts, at least 1.</param>
    /// <param name="expertsPerToken">Experts chosen per token, 1 up to <paramref name="expertCount"/>.</param>
    /// <exception cref="DeviceMemoryException">There is not enough memory.</exception>
    public DeviceRouting CreateRouting(int maxTokens, int expertCount, int expertsPerToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expertsPerToken, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expertCount, expertsPerToken);
        return Create(RoutingBytes(maxTokens, expertCount, expertsPerToken), () => CreateRoutingCore(maxTokens, expertCount, expertsPerToken));
    }

    /// <summary>Copies numbers to the device.</summary>
    /// <param name="source">The numbers; not needed afterwards.</param>
    /// <param name="destination">Receives them; has as many.</param>
    public void Write(ReadOnlySpan<float> source, in DeviceRows destination)
    {
        Require(destination);
        RequireEqual(source.Length, destination.Length, "numbers");
        WriteCore(source, destination);
    }

    /// <summary>Waits for all operations so far and copies numbers to the host.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="destination">Receives them; has as many.</param>
    public void Read(in DeviceRows source, Span<float> destination)
    {
        Require(source);
        RequireEqual(destination.Length, source.Length, "numbers");
        ReadCore(source, destination);
    }

    /// <summary><see cref="Allocate"/>, with the memory reserved.</summary>
    protected abstract DeviceBuffer AllocateCore(long length);

    /// <summary><see cref="Upload(in LinearOperand)"/>, with the memory reserved.</summary>
    protected abstract DeviceMatrix UploadCore(in LinearOperand weights);

    /// <summary><see cref="Upload(IReadOnlyList{LinearOperand})"/> after its checks, with the memory reserved.</summary>
    protected abstract DeviceExperts UploadCore(IReadOnlyList<LinearOperand> experts);

    /// <summary><see cref="UploadTable"/>, with the memory reserved.</summary>
    protected abstract DeviceMatrix UploadTableCore(in LinearOperand table);

    /// <summary><see cref="CreateRouting"/> after its checks, with the memory reserved.</summary>
    protected abstract DeviceRouting CreateRoutingCore(int maxTokens, int expertCount, int expertsPerToken);

    /// <summary><see cref="Write"/> after its checks.</summary>
    protected abstract void WriteCore(ReadOnlySpan<float> source, in DeviceRows destination);

    /// <summary><see cref="Read"/> after its checks.</summary>
    protected abstract void ReadCore(in DeviceRows source, Span<float> destination);

    private protected void Require(DeviceResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        RequireOpen();
        resource.Require(this);
    }

    private protected void Require(in DeviceRows rows)
    {
        if (rows.Buffer is null)
            throw new ArgumentException("The rows are default, without a buffer.");
        Require(rows.Buffer);
    }

    private protected static void RequireEqual(long found, long expected, string what)
    {
        if (found != expected)
            throw new ArgumentException($"There are {found} {what}; expected are {expected}.");
    }

    private protected void RequireOpen() => ObjectDisposedException.ThrowIf(_disposed, this);

    private T Create<T>(long bytes, Func<T> create)
        where T : DeviceResource
    {
        lock (StepLock)
        {
            RequireOpen();
            Reserve(bytes);
            try
            {
                return create();
            }
            catch
            {
                Return(bytes);
                throw;
            }
        }
    }
}
