using System.Runtime.CompilerServices;
using MoEQuant.Runtime.Sampling;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Generation;

/// <summary>Prompt in, stream of text out. When the context is full the generation ends with <see cref="FinishReason.ContextFull"/>; nothing is dropped silently.</summary>
internal sealed class TextGenerator
{
    private readonly MoEModel _model;
    private readonly GenerationOptions _options;
    private readonly IReadOnlyList<int> _stopTokens;

    public TextGenerator(MoEModel model, GenerationOptions options)
    {
        options.Check();
        _model = model;
        _options = options;
        _stopTokens = options.StopTokens ?? model.Defaults.EndOfTextTokens;
    }

    public async IAsyncEnumerable<GeneratedToken> RunAsync(string prompt, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int[] tokens = _model.Tokenizer.Encode(prompt);
        using InferenceSession session = _model.CreateSession();
        var sampler = new Sampler(_options, _model.Config.VocabularySize);
        sampler.Observe(tokens);
        StreamingDecoder decoder = _model.Tokenizer.CreateStreamingDecoder(!_options.IncludeSpecialTokens);

        // Every step runs on the thread pool: a caller with a user interface keeps its thread, and cancellation is seen between tokens.
        // A task without a result, since awaiting one with a number is not among the code that the framework brings along.
        int next = 0;
        await Task.Run(() => { next = sampler.Sample(session.Process(tokens, cancellationToken)); }, cancellationToken).ConfigureAwait(false);
        for (int generated = 1; ; generated++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FinishReason reason = Reason(next, generated, session);
            string text = reason == FinishReason.EndOfText && !_options.IncludeSpecialTokens ? "" : decoder.Append(next);
            if (reason != FinishReason.None)
            {
                yield return new GeneratedToken(next, text + decoder.Flush(), reason);
                yield break;
            }

            yield return new GeneratedToken(next, text, reason);
            int current = next;
            await Task.Run(() => { next = sampler.Sample(session.Process([current])); }, cancellationToken).ConfigureAwait(false);
        }
    }

    private FinishReason Reason(int token, int generated, InferenceSession session)
    {
        if (_stopTokens.Contains(token))
            return FinishReason.EndOfText;
        if (generated >= _options.MaxTokens)
            return FinishReason.MaxTokens;
        return session.Position >= session.ContextLength ? FinishReason.ContextFull : FinishReason.None;
    }
}
