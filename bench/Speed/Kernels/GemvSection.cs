using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Quality.Measuring;
using MoEQuant.Speed.Machine;
using MoEQuant.Speed.Measuring;

namespace MoEQuant.Speed.Kernels;

/// <summary>Products with one token, weights from memory, beside plain reading of the same memory.</summary>
internal static unsafe class GemvSection
{
    private const long Bytes = 512L << 20;
    private const int MatricesPerTurn = 24;
    private const int TilesPerChunk = 8;

    public static void Run(int threads, int turns, TextWriter output)
    {
        MatrixKernel kernel = KernelCatalog.Best;
        using ExpertMatrices three = new(3, Bytes), four = new(4, Bytes);
        using Tokens tokens = new(1, three.Shape.Columns);
        using WorkerPool pool = new(threads);
        float* y = (float*)NativeMemory.AlignedAlloc((nuint)(MatricesPerTurn * three.Shape.Rows * sizeof(float)), 64);
        long[] sink = new long[MatricesPerTurn];
        Contest contest = new();
        foreach (ExpertMatrices matrices in (ExpertMatrices[])[three, four])
        {
            int tiles = matrices.Shape.TileCount, chunks = tiles / TilesPerChunk * MatricesPerTurn, first = 0;
            double units = MatricesPerTurn * (double)matrices.Shape.TotalBytes;
            PoolWork read = new(chunk => sink[chunk % sink.Length] ^= MemoryReader.Read(Tile(chunk, out _), TilesPerChunk * matrices.Shape.TileBytes));
            PoolWork exact = new(chunk =>
            {
                Tile(chunk, out (int Matrix, int Tile) at);
                kernel.Multiply(matrices[first + at.Matrix], tokens.Values, at.Tile, at.Tile + TilesPerChunk, y + at.Matrix * matrices.Shape.Rows, matrices.Shape.Rows);
            });
            PoolWork bytes = new(chunk =>
            {
                Tile(chunk, out (int Matrix, int Tile) at);
                kernel.Multiply(matrices[first + at.Matrix], tokens.Quantized, at.Tile, at.Tile + TilesPerChunk, y + at.Matrix * matrices.Shape.Rows, matrices.Shape.Rows);
            });
            foreach ((string name, PoolWork work) in new[] { ("read", read), ("int8", bytes), ("exact", exact) })
                contest.Add($"W{matrices.Shape.Bits} {name}", units, () =>
                {
                    first = matrices.Take(MatricesPerTurn);
                    pool.Run(work, chunks);
                });

            byte* Tile(int chunk, out (int Matrix, int Tile) at)
            {
                (int matrix, int part) = Math.DivRem(chunk, tiles / TilesPerChunk);
                at = (matrix, part * TilesPerChunk);
                return matrices[first + matrix].Data + at.Tile * matrices.Shape.TileBytes;
            }
        }

        IReadOnlyDictionary<string, Rate> rates = contest.Run(turns);
        NativeMemory.AlignedFree(y);
        output.WriteLine($"### One token, matrices of {three.Shape.Rows} x {three.Shape.Columns} from memory, {threads} thread{(threads == 1 ? "" : "s")}: GB/s of packed weights, medians of {turns} turns (best turn)");
        output.WriteLine();
        MarkdownTable.Write(output, ["", "reading", "int8 activations", "of reading", "exact activations", "of reading"], ((int[])[3, 4]).Select(bits =>
        {
            Rate read = rates[$"W{bits} read"], bytes = rates[$"W{bits} int8"], exact = rates[$"W{bits} exact"];
            return (string[])[$"W{bits}", Show(read), Show(bytes), Figures.Percent(bytes.Median / read.Median), Show(exact), Figures.Percent(exact.Median / read.Median)];
        }));
    }

    private static string Show(Rate rate) => $"{Figures.Giga(rate.Median)} ({Figures.Giga(rate.Best)})";
}
