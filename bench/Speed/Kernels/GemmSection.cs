using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Quality.Measuring;
using MoEQuant.Speed.Machine;
using MoEQuant.Speed.Measuring;

namespace MoEQuant.Speed.Kernels;

/// <summary>Products with many tokens beside the rate at which the machine multiplies and adds at all.</summary>
internal static unsafe class GemmSection
{
    // Tokens of an expert in a prompt of 512 with 8 of 128 experts; of 64 experts; of matrices that every token uses.
    private static readonly int[] Batches = [32, 64, 256];
    private const int PeakSteps = 30_000;
    private const int TilesPerChunk = 2;

    // Keeps a turn to some milliseconds: beyond that, where cores are shared, no turn is undisturbed.
    private const int TokensPerTurn = 64;

    public static void Run(int threads, int turns, TextWriter output)
    {
        MatrixKernel kernel = KernelCatalog.Best;
        using ExpertMatrices three = new(3, 64L << 20), four = new(4, 64L << 20);
        using WorkerPool pool = new(threads);
        // Contests of their own: wide floating-point arithmetic lowers the clock of many processors for a while, also for whoever comes after it.
        Contest floats = new(), integers = new();
        AddPeak(floats, "float peak", MultiplyAddPeak.Float, pool);
        foreach (MultiplyAddPeak.Peak peak in MultiplyAddPeak.Integer)
            AddPeak(integers, peak.Name, peak, pool);
        Tokens[] batches = [.. Batches.Select(count => new Tokens(count, three.Shape.Columns))];
        float* y = (float*)NativeMemory.AlignedAlloc((nuint)(Batches[^1] * three.Shape.Rows * sizeof(float)), 64);
        foreach (Tokens tokens in batches)
            foreach (ExpertMatrices matrices in (ExpertMatrices[])[three, four])
            {
                // Few tokens with several matrices, many tokens with a part of one.
                int first = 0, rows = matrices.Shape.Rows, repeats = Math.Max(1, TokensPerTurn / tokens.Values.Count), parts = Math.Max(1, tokens.Values.Count / TokensPerTurn);
                int chunks = matrices.Shape.TileCount / TilesPerChunk / parts;
                PoolWork exact = new(chunk => kernel.Multiply(matrices[first], tokens.Values, chunk * TilesPerChunk, (chunk + 1) * TilesPerChunk, y, rows));
                PoolWork bytes = new(chunk => kernel.Multiply(matrices[first], tokens.Quantized, chunk * TilesPerChunk, (chunk + 1) * TilesPerChunk, y, rows));
                foreach ((Contest contest, string name, PoolWork work) in new[] { (integers, "int8", bytes), (floats, "exact", exact) })
                    contest.Add($"W{matrices.Shape.Bits} {tokens.Values.Count} {name}", 2.0 * rows / parts * matrices.Shape.Columns * tokens.Values.Count * repeats, () =>
                    {
                        for (int repeat = 0; repeat < repeats; repeat++)
                        {
                            first = matrices.Take(1);
                            pool.Run(work, chunks);
                        }
                    });
            }

        Dictionary<string, Rate> rates = new[] { integers, floats }.SelectMany(contest => contest.Run(turns)).ToDictionary();
        NativeMemory.AlignedFree(y);
        foreach (Tokens tokens in batches)
            tokens.Dispose();
        Write(rates, three.Shape, threads, turns, output);
    }

    private static void AddPeak(Contest contest, string name, MultiplyAddPeak.Peak peak, WorkerPool pool)
    {
        int[] sink = new int[pool.ThreadCount];
        PoolWork work = new(chunk => sink[chunk] ^= peak.Loop(PeakSteps));
        contest.Add(name, peak.Operations(PeakSteps) * pool.ThreadCount, () => pool.Run(work, pool.ThreadCount));
    }

    private static void Write(Dictionary<string, Rate> rates, PackedShape shape, int threads, int turns, TextWriter output)
    {
        Rate floating = rates["float peak"];
        MultiplyAddPeak.Peak? best = MultiplyAddPeak.Integer.MaxBy(peak => rates[peak.Name].Median);
        output.WriteLine($"### Many tokens, matrices of {shape.Rows} x {shape.Columns}, {threads} thread{(threads == 1 ? "" : "s")}: 10⁹ operations per second, medians of {turns} turns (best turn)");
        output.WriteLine();
        output.WriteLine($"Peak: {MultiplyAddPeak.Float.Name} {Show(floating)}; {string.Join("; ", MultiplyAddPeak.Integer.Select(peak => $"{peak.Name} {Show(rates[peak.Name])}"))}.");
        output.WriteLine();
        MarkdownTable.Write(output, ["", "tokens", "int8 activations", "of the integer peak", "exact activations", "of the float peak"],
            Batches.SelectMany(count => ((int[])[3, 4]).Select(bits =>
            {
                Rate bytes = rates[$"W{bits} {count} int8"], exact = rates[$"W{bits} {count} exact"];
                string share = best is null ? "" : $"{Figures.Percent(bytes.Median / rates[best.Name].Median)} ({Figures.Percent(bytes.Best / rates[best.Name].Best)})";
                return (string[])[$"W{bits}", $"{count}", Show(bytes), share, Show(exact), $"{Figures.Percent(exact.Median / floating.Median)} ({Figures.Percent(exact.Best / floating.Best)})"];
            })));
    }

    private static string Show(Rate rate) => $"{Figures.Giga(rate.Median)} ({Figures.Giga(rate.Best)})";
}
