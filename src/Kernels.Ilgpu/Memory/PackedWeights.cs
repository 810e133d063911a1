using System.Numerics;
using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Packed matrices of equal rows and columns with their compensators in the memory of a device: one, or a projection of all experts of a layer.</summary>
/// <remarks>
/// The bytes are those of the file: the Tile16 layout suits a device as it is (docs/decisions/0030). They are copied from the pointers of the operands, which usually lie in a mapped file, without
/// another copy in host memory. Sections start at multiples of 64 bytes.
/// </remarks>
public sealed unsafe class PackedWeights : IDisposable
{
    private readonly MemoryBuffer1D<byte, Stride1D.Dense> _bytes;
    private readonly MemoryBuffer1D<MatrixLayout, Stride1D.Dense> _layouts;

    /// <summary>Copies matrices to a device.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="matrices">The matrices: packed, of equal rows and columns. Not needed afterwards.</param>
    /// <exception cref="ArgumentException">There are none, their shapes differ, or one is not packed.</exception>
    public PackedWeights(Accelerator accelerator, params IReadOnlyList<LinearOperand> matrices)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        RequireShapes(matrices);
        Count = matrices.Count;
        Rows = matrices[0].Rows;
        Columns = matrices[0].Columns;
        MatrixLayout[] layouts = new MatrixLayout[matrices.Count];
        long bytes = 0;
        for (int index = 0; index < layouts.Length; index++)
            layouts[index] = Describe(matrices[index], ref bytes);
        Layouts = layouts;
        DistinctBits = [.. layouts.Select(layout => layout.Bits).Distinct()];
        SuitsTensorCores = TensorProduct.Suits(layouts);
        MaxRank = layouts.Max(layout => layout.Rank);
        _bytes = accelerator.Allocate1D<byte>(bytes);
        try
        {
            for (int index = 0; index < layouts.Length; index++)
                Copy(matrices[index], layouts[index]);
            _layouts = accelerator.Allocate1D(layouts);
        }
        catch
        {
            _bytes.Dispose();
            throw;
        }
    }

    /// <summary>Matrices.</summary>
    public int Count { get; }

    /// <summary>Outputs of each, N.</summary>
    public int Rows { get; }

    /// <summary>Inputs of each, K.</summary>
    public int Columns { get; }

    /// <summary>The largest rank of a compensator; 0 without any.</summary>
    public int MaxRank { get; }

    /// <summary>Whether tensor cores know these codes and groups.</summary>
    internal bool SuitsTensorCores { get; }

    /// <summary>The numbers of bits that occur.</summary>
    internal IReadOnlyList<int> DistinctBits { get; }

    /// <summary>The layouts as the host knows them.</summary>
    internal IReadOnlyList<MatrixLayout> Layouts { get; }

    /// <summary>All bytes, as words.</summary>
    internal ArrayView<uint> Words => ((ArrayView<byte>)_bytes.View).Cast<uint>();

    /// <summary>The layouts as kernels read them.</summary>
    internal ArrayView<MatrixLayout> DeviceLayouts => _layouts.View;

    /// <summary>What matrices will occupy on a device, in bytes.</summary>
    /// <param name="matrices">As in the constructor.</param>
    /// <exception cref="ArgumentException">There are none, their shapes differ, or one is not packed.</exception>
    public static long SizeOf(params IReadOnlyList<LinearOperand> matrices)
    {
        RequireShapes(matrices);
        long bytes = 0;
        foreach (LinearOperand matrix in matrices)
            Describe(matrix, ref bytes);
        return bytes + ((long)matrices.Count * sizeof(MatrixLayout));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _layouts.Dispose();
        _bytes.Dispose();
    }

    private static void RequireShapes(IReadOnlyList<LinearOperand> matrices)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        if (matrices.Count == 0)
            throw new ArgumentException("There are no matrices.", nameof(matrices));
        foreach (LinearOperand matrix in matrices)
        {
            if (!matrix.IsPacked)
                throw new ArgumentException("A matrix is in floating point; expected are packed ones.", nameof(matrices));
            if (matrix.Rows != matrices[0].Rows || matrix.Columns != matrices[0].Columns)
                throw new ArgumentException($"A matrix is {matrix.Rows} x {matrix.Columns}, the first one {matrices[0].Rows} x {matrices[0].Columns}.", nameof(matrices));
        }
    }

    private static MatrixLayout Describe(in LinearOperand matrix, ref long bytes)
    {
        PackedShape shape = matrix.Packed.Shape;
        MatrixLayout layout = new()
        {
            Weights = Place(ref bytes, shape.TotalBytes),
            Bits = shape.Bits,
            GroupShift = BitOperations.Log2((uint)shape.GroupSize),
            GroupCount = shape.GroupCount,
            CodeWords = shape.CodeBytes / sizeof(uint),
            BlockWords = shape.BlockBytes / sizeof(uint),
            Centre = shape.Symmetric ? shape.CodeCentre : -1,
            Rank = matrix.Rank,
        };
        if (matrix.Rank > 0)
        {
            layout.InputFactor = Place(ref bytes, matrix.InputFactor.Shape.TotalBytes);
            layout.InputFactorBits = matrix.InputFactor.Shape.Bits;
            layout.OutputFactor = Place(ref bytes, matrix.OutputFactor.Shape.TotalBytes);
            layout.OutputFactorBits = matrix.OutputFactor.Shape.Bits;
        }
        return layout;
    }

    private static int Place(ref long bytes, long length)
    {
        int position = checked((int)(bytes / MatrixLayout.UnitBytes));
        bytes += (length + MatrixLayout.UnitBytes - 1) / MatrixLayout.UnitBytes * MatrixLayout.UnitBytes;
        return position;
    }

    private void Copy(in LinearOperand matrix, in MatrixLayout layout)
    {
        Copy(matrix.Packed.Data, matrix.Packed.Shape.TotalBytes, layout.Weights);
        if (matrix.Rank == 0)
            return;
        Copy(matrix.InputFactor.Data, matrix.InputFactor.Shape.TotalBytes, layout.InputFactor);
        Copy(matrix.OutputFactor.Data, matrix.OutputFactor.Shape.TotalBytes, layout.OutputFactor);
    }

    private void Copy(byte* source, long length, int unit) =>
        ((ArrayView<byte>)_bytes.View).SubView((long)unit * MatrixLayout.UnitBytes, length).CopyFromCPU(ref *source, length);
}
