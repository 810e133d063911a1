using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Makes the calibration tokens that options ask for.</summary>
internal static class CalibrationDataFactory
{
    /// <summary>Reads or writes the text and draws the sequences; null without calibration.</summary>
    /// <param name="source">The model: configuration and tokenizer, and the weights where it writes the text itself.</param>
    /// <param name="options">What to calibrate on.</param>
    /// <param name="threadCount">Threads; without influence on the result.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="MoEQuantException">MOEQ3050–3053, 3056.</exception>
    public static CalibrationData? Create(QuantizationSource source, CalibrationOptions options, int threadCount, CancellationToken cancellationToken)
    {
        if (options.Source == CalibrationSource.None)
            return null;
        Tokenizer tokenizer = Tokenizer.FromJson(File(source, "tokenizer.json"));
        int[] prefix = WindowPlan.FindPrefix(tokenizer);
        if (options.SequenceLength + prefix.Length > source.Config.MaxPositions)
        {
            throw new MoEQuantException(CalibrationDiagnostics.SequenceTooLong,
                $"A sequence of {options.SequenceLength} tokens{(prefix.Length > 0 ? $" behind {prefix.Length} more" : "")} is longer than the {source.Config.MaxPositions} that the model was made for.");
        }

        return options.Source == CalibrationSource.Self
            ? SelfWrittenText.Write(source, tokenizer, prefix, options, threadCount, cancellationToken)
            : SequenceSampler.Draw(CalibrationText.Read(options.Files, tokenizer), prefix, options, options.Files.Count == 1 ? options.Files[0] : null);
    }

    private static byte[] File(QuantizationSource source, string name) => source.Files.First(file => file.Key == name).Value;
}
