using MoEQuant.Quantizer.Numerics;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary>G += Σ w x xᵀ: products in single precision over at most 256 rows, their sums in double precision on the device.</summary>
/// <param name="rows">X [T, K].</param>
/// <param name="gram">G.</param>
/// <param name="firstColumn">The first column of X that takes part.</param>
/// <param name="device">Where tensors live.</param>
internal sealed class GramSum(FloatMatrix rows, DoubleMatrix gram, int firstColumn, Device device) : IDisposable
{
    private const int ChunkRows = 256;
    private readonly FloatMatrix _chunk = new(ChunkRows, gram.Columns);

    /// <summary>Adds rows; empty spans as in <see cref="GramProduct.Add"/>.</summary>
    public void Add(ReadOnlySpan<int> selected, ReadOnlySpan<float> weights)
    {
        int count = selected.IsEmpty ? rows.Rows : selected.Length;
        if (!weights.IsEmpty && weights.Length != count)
            throw new ArgumentException($"There are {weights.Length} weights for {count} rows.", nameof(weights));
        if (firstColumn < 0 || firstColumn + gram.Columns > rows.Columns)
            throw new ArgumentException($"Columns {firstColumn} … {firstColumn + gram.Columns - 1} are not within {rows.Columns}.", nameof(selected));
        using Tensor sum = DeviceMemory.Use(() => TensorTransfer.Upload(gram, device).contiguous().DetachFromDisposeScope());
        for (int first = 0; first < count; first += ChunkRows)
        {
            int length = Math.Min(ChunkRows, count - first);
            for (int t = 0; t < length; t++)
                Take(selected.IsEmpty ? first + t : selected[first + t], weights.IsEmpty ? 1 : MathF.Sqrt(weights[first + t]), t);
            DeviceMemory.Use(() =>
            {
                Tensor x = TensorTransfer.Upload(_chunk, 0, length, device);
                sum.add_(x.t().mm(x).to_type(ScalarType.Float64), LastingScalar.Of(1));
            });
        }

        DeviceMemory.Use(() => TensorTransfer.Download(sum, gram));
    }

    public void Dispose() => _chunk.Dispose();

    private void Take(int row, float factor, int place)
    {
        ReadOnlySpan<float> source = rows.Row(row).Slice(firstColumn, gram.Columns);
        Span<float> target = _chunk.Row(place);
        for (int k = 0; k < source.Length; k++)
            target[k] = source[k] * factor;
    }
}
