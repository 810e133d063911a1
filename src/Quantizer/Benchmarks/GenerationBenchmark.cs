using System.Diagnostics;
using System.Numerics.Tensors;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>Measures how fast a model reads a prompt and writes tokens.</summary>
/// <remarks>
/// Tokens are drawn at random, both of the prompt and of the answer: a model of random weights soon repeats itself and would use the same experts over and over. The most probable token
/// is searched all the same, since that is part of generating.
/// </remarks>
internal static class GenerationBenchmark
{
    /// <summary>Loads a model, runs once cold and then <see cref="BenchmarkSettings.Repetitions"/> times.</summary>
    /// <param name="load">Loads the model; its context has room for the tokens.</param>
    /// <param name="settings">Tokens and repetitions.</param>
    /// <param name="cancellationToken">Looked at before every token.</param>
    public static BenchmarkResult Run(Func<MoEModel> load, BenchmarkSettings settings, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using MoEModel model = load();
        TimeSpan loadTime = Stopwatch.GetElapsedTime(start);
        int[] tokens = Tokens(model.Config.VocabularySize, settings.Prompt + settings.Generate);
        using InferenceSession session = model.CreateSession();
        _ = TensorPrimitives.IndexOfMax(session.Process(tokens.AsSpan(0, settings.Prompt), cancellationToken));
        TimeSpan firstToken = Stopwatch.GetElapsedTime(start);
        Decode(session, tokens.AsSpan(settings.Prompt), cancellationToken);

        double[] prefill = new double[settings.Repetitions], decode = new double[settings.Repetitions];
        for (int repetition = 0; repetition < settings.Repetitions; repetition++)
        {
            session.Rewind(0);
            start = Stopwatch.GetTimestamp();
            _ = TensorPrimitives.IndexOfMax(session.Process(tokens.AsSpan(0, settings.Prompt), cancellationToken));
            prefill[repetition] = settings.Prompt / Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            Decode(session, tokens.AsSpan(settings.Prompt), cancellationToken);
            decode[repetition] = settings.Generate / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        using Process process = Process.GetCurrentProcess();
        return new(loadTime, firstToken, prefill, decode, process.WorkingSet64, process.PeakWorkingSet64);
    }

    private static void Decode(InferenceSession session, ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        for (int index = 0; index < tokens.Length; index++)
            _ = TensorPrimitives.IndexOfMax(session.Process(tokens.Slice(index, 1), cancellationToken));
    }

    private static int[] Tokens(int vocabulary, int count)
    {
        Random random = new(1);
        int[] tokens = new int[count];
        foreach (ref int token in tokens.AsSpan())
            token = random.Next(vocabulary);
        return tokens;
    }
}
