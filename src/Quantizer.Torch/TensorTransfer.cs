using System.Runtime.InteropServices;
using MoEQuant.Quantizer.Numerics;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary>Matrices of the engine to tensors of a device and back: one copy in host memory, another to the device where that is not the processor.</summary>
/// <remarks>TorchSharp shows a tensor's memory as a span, which ends at 2 GiB: larger matrices go in pieces of whole rows.</remarks>
internal static unsafe class TensorTransfer
{
    private const int PieceBytes = 1 << 30;

    /// <summary>A tensor [rows, columns] of a matrix; its rows keep the matrix's padding in memory.</summary>
    public static Tensor Upload(FloatMatrix matrix, Device device) => Upload((byte*)matrix.Data, matrix.Rows, matrix.Columns, matrix.Stride, ScalarType.Float32, device);

    /// <inheritdoc cref="Upload(FloatMatrix, Device)"/>
    public static Tensor Upload(DoubleMatrix matrix, Device device) => Upload((byte*)matrix.RowPointer(0), matrix.Rows, matrix.Columns, matrix.Stride, ScalarType.Float64, device);

    /// <summary>Some rows of a matrix.</summary>
    public static Tensor Upload(FloatMatrix matrix, int firstRow, int rows, Device device) =>
        Upload((byte*)matrix.RowPointer(firstRow), rows, matrix.Columns, matrix.Stride, ScalarType.Float32, device);

    public static Tensor Upload(ReadOnlySpan<float> values, Device device)
    {
        fixed (float* pointer = values)
            return Upload((byte*)pointer, 1, values.Length, values.Length, ScalarType.Float32, device).reshape(values.Length);
    }

    /// <summary>Writes a tensor [rows, columns] into a matrix of this shape.</summary>
    public static void Download(Tensor tensor, FloatMatrix matrix) => Download(tensor, matrix, 0);

    /// <summary>Writes a tensor [rows, columns] into rows of a matrix.</summary>
    public static void Download(Tensor tensor, FloatMatrix matrix, int firstRow) => ForEachRow<float>(tensor, (row, values) => values.CopyTo(matrix.Row(firstRow + row)));

    /// <inheritdoc cref="Download(Tensor, FloatMatrix)"/>
    public static void Download(Tensor tensor, DoubleMatrix matrix) => ForEachRow<double>(tensor, (row, values) => values.CopyTo(matrix.Row(row)));

    /// <summary>All elements in the order of the indices; at most 2 GiB.</summary>
    public static T[] ToArray<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.cpu().contiguous().bytes).ToArray();

    /// <summary>Calls back for each row of a tensor of two dimensions.</summary>
    public static void ForEachRow<T>(Tensor tensor, RowAction<T> action) where T : unmanaged
    {
        Tensor host = tensor.cpu().contiguous();
        int rows = checked((int)host.shape[0]), columns = checked((int)host.shape[1]), piece = Math.Max(PieceBytes / Math.Max(columns * sizeof(T), 1), 1);
        for (int first = 0; first < rows; first += piece)
        {
            int count = Math.Min(piece, rows - first);
            ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(host.narrow(0, first, count).bytes);
            for (int i = 0; i < count; i++)
                action(first + i, values.Slice(i * columns, columns));
        }
    }

    private static Tensor Upload(byte* data, int rows, int columns, int stride, ScalarType type, Device device)
    {
        int rowBytes = checked(stride * (type == ScalarType.Float64 ? sizeof(double) : sizeof(float))), piece = Math.Max(PieceBytes / Math.Max(rowBytes, 1), 1);
        Tensor host = empty(rows, stride, dtype: type, device: CPU);
        for (int first = 0; first < rows; first += piece)
        {
            int count = Math.Min(piece, rows - first);
            new ReadOnlySpan<byte>(data + (nint)first * rowBytes, count * rowBytes).CopyTo(host.narrow(0, first, count).bytes);
        }

        return host.to(device).narrow(1, 0, columns);
    }
}
