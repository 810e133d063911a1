using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Sampling;

/// <summary>
/// Chooses the next token: repetition penalty, then either the most probable token (temperature 0) or temperature, top-k, min-p, top-p and a seeded draw.
/// Allocates nothing after construction.
/// </summary>
internal sealed class Sampler
{
    private readonly GenerationOptions _options;
    private readonly SplitMix64 _random;
    private readonly float[] _logits;
    private readonly int[] _candidates;
    private readonly bool[] _seen;

    public Sampler(GenerationOptions options, int vocabularySize)
    {
        _options = options;
        _random = new SplitMix64(options.Seed ?? (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        _logits = new float[vocabularySize];
        _candidates = new int[vocabularySize];
        _seen = new bool[vocabularySize];
    }

    /// <summary>Counts tokens as having occurred, for the repetition penalty.</summary>
    public void Observe(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            // A tokenizer may know more tokens than the model; the session refuses those with a clear error.
            if ((uint)token < (uint)_seen.Length)
                _seen[token] = true;
        }
    }

    /// <summary>Chooses a token and counts it as having occurred.</summary>
    /// <param name="logits">One value per vocabulary entry.</param>
    public int Sample(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_logits);
        Penalize();
        int token = _options.Temperature == 0 ? VectorMath.IndexOfMax(_logits) : Draw();
        _seen[token] = true;
        return token;
    }

    private void Penalize()
    {
        if (_options.RepetitionPenalty == 1)
            return;
        for (int token = 0; token < _logits.Length; token++)
        {
            if (_seen[token])
                _logits[token] = _logits[token] > 0 ? _logits[token] / _options.RepetitionPenalty : _logits[token] * _options.RepetitionPenalty;
        }
    }

    private int Draw()
    {
        VectorMath.Divide(_logits, _options.Temperature, _logits);
        Span<int> candidates = Candidates();
        Span<float> probabilities = _logits.AsSpan(0, candidates.Length);
        VectorMath.SoftMax(probabilities, probabilities);
        int kept = Nucleus(probabilities);

        double threshold = _random.NextDouble() * VectorMath.Sum(probabilities[..kept]);
        double sum = 0;
        for (int i = 0; i < kept; i++)
        {
            sum += probabilities[i];
            if (sum > threshold)
                return candidates[i];
        }

        return candidates[kept - 1];
    }

    // Candidates in order of falling logit, cut by top-k and min-p, with _logits reordered alike. Without a filter no order is needed and none is made.
    private Span<int> Candidates()
    {
        Span<int> candidates = _candidates;
        for (int i = 0; i < candidates.Length; i++)
            candidates[i] = i;
        if (_options.TopK == 0 && _options.MinP == 0 && _options.TopP == 1)
            return candidates;

        // Sorting negated keys gives falling logits. The sort is unstable but deterministic, so equal logits keep the text reproducible.
        VectorMath.Multiply(_logits, -1, _logits);
        _logits.AsSpan().Sort(candidates);
        VectorMath.Multiply(_logits, -1, _logits);
        int count = _options.TopK == 0 ? candidates.Length : Math.Min(_options.TopK, candidates.Length);
        if (_options.MinP > 0)
        {
            // p >= minP · pmax is, in logits, l >= lmax + ln(minP).
            float lowest = _logits[0] + MathF.Log(_options.MinP);
            int above = 1;
            while (above < count && _logits[above] >= lowest)
                above++;
            count = above;
        }

        return candidates[..count];
    }

    private int Nucleus(ReadOnlySpan<float> probabilities)
    {
        if (_options.TopP == 1)
            return probabilities.Length;
        float sum = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i];
            if (sum >= _options.TopP)
                return i + 1;
        }

        return probabilities.Length;
    }
}
