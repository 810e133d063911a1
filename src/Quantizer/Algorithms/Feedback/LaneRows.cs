using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>Rows of a matrix as lanes of vectors: tiles of 16 rows, in a tile column after column with 16 values each. Missing rows of the last tile are zero.</summary>
internal sealed unsafe class LaneRows(int rows, int columns) : IDisposable
{
    private const int Lanes = FloatMatrix.Lanes;

    private readonly FloatMatrix _memory = new(checked((rows + Lanes - 1) / Lanes * columns), Lanes);

    public int TileCount => (rows + Lanes - 1) / Lanes;

    /// <summary>The first column of a tile.</summary>
    public float* Tile(int tile) => _memory.Data + (nint)tile * columns * Lanes;

    /// <summary>Takes rows of a matrix; column j here is column <paramref name="firstColumn"/> + <paramref name="order"/>[j] there.</summary>
    public void Load(FloatMatrix source, int firstRow, int firstColumn, ReadOnlySpan<int> order)
    {
        for (int row = 0; row < rows; row++)
        {
            float* lane = Tile(row / Lanes) + row % Lanes;
            ReadOnlySpan<float> values = source.Row(firstRow + row)[firstColumn..];
            for (int j = 0; j < order.Length; j++)
                lane[(nint)j * Lanes] = values[order[j]];
        }
    }

    /// <summary>The inverse of <see cref="Load"/>.</summary>
    public void Store(FloatMatrix target, int firstRow, int firstColumn, ReadOnlySpan<int> order)
    {
        for (int row = 0; row < rows; row++)
        {
            float* lane = Tile(row / Lanes) + row % Lanes;
            Span<float> values = target.Row(firstRow + row)[firstColumn..];
            for (int j = 0; j < order.Length; j++)
                values[order[j]] = lane[(nint)j * Lanes];
        }
    }

    /// <summary>This −= other.</summary>
    public void Subtract(LaneRows other)
    {
        float* x = _memory.Data, y = other._memory.Data;
        for (nint i = 0; i < (nint)_memory.Rows * Lanes; i++)
            x[i] -= y[i];
    }

    /// <summary>This ×= factor.</summary>
    public void Scale(float factor)
    {
        float* x = _memory.Data;
        for (nint i = 0; i < (nint)_memory.Rows * Lanes; i++)
            x[i] *= factor;
    }

    public void Dispose() => _memory.Dispose();
}
