using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>
/// Calibration text that the unquantized model writes itself: sampled at temperature 1, so that it has the frequencies that the model expects, and no text of a third party enters the build
/// (compare LLM-QAT, arXiv 2305.17888, where the first tokens are drawn and the rest is sampled as well).
/// </summary>
internal static class SelfWrittenText
{
    /// <summary>Texts that are written together. Fixed, because the last bits of a logit depend on how many tokens are computed at once.</summary>
    private const int BatchTexts = 32;

    /// <summary>Writes the sequences that the options ask for.</summary>
    /// <param name="source">The model.</param>
    /// <param name="tokenizer">Its tokenizer: a text without beginning-of-text token starts with a token drawn from those that it has.</param>
    /// <param name="prefix">Tokens in front of every sequence (a beginning-of-text token).</param>
    /// <param name="options">Length, count and seed.</param>
    /// <param name="threadCount">Threads; without influence on the result.</param>
    /// <param name="cancellationToken">Looked at between tokens.</param>
    public static CalibrationData Write(
        QuantizationSource source, Tokenizer tokenizer, int[] prefix, CalibrationOptions options, int threadCount, CancellationToken cancellationToken)
    {
        int count = options.SequenceCount + SequenceSampler.Reserve(options), length = prefix.Length + options.SequenceLength;
        int[] first = [.. Enumerable.Range(0, source.Config.VocabularySize).Where(id => tokenizer.IdToToken(id) is not null)];
        int[][] sequences = new int[count][];
        using LayerWeights weights = new(source.Weights);
        for (int start = 0; start < count; start += BatchTexts)
        {
            int[][] batch = [.. Enumerable.Range(0, BatchTexts).Select(_ => (int[])[.. prefix, .. new int[options.SequenceLength]])];
            SeededRandom[] random = [.. Enumerable.Range(0, BatchTexts).Select(i => new SeededRandom(options.Seed + ((ulong)(start + i) << 32)))];
            using BatchDecoder decoder = new(source.Config, weights, threadCount, BatchTexts, length);
            if (prefix.Length == 0)
                for (int text = 0; text < BatchTexts; text++)
                    batch[text][0] = first[random[text].Next(first.Length)];
            for (int position = 0; position < length - 1; position++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int next = position + 1;
                decoder.Step([.. batch.Select(text => text[position])], (text, logits) =>
                {
                    if (next >= Math.Max(prefix.Length, 1))
                        batch[text][next] = TokenDraw.Draw(logits, random[text].NextDouble());
                });
            }

            batch.AsSpan(0, Math.Min(BatchTexts, count - start)).CopyTo(sequences.AsSpan(start));
        }

        return new(new TokenSequences(sequences), options.SequenceCount);
    }
}
