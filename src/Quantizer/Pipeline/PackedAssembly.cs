using System.Diagnostics;
using MoEQuant.Format;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>A packed file in the making: takes finished tensors in file order, whoever made them, and gives the file its name at the end.</summary>
internal sealed class PackedAssembly : IDisposable
{
    private readonly string _path;
    private readonly QuantizationOptions _options;
    private readonly long _sourceBytes;
    private readonly QuantizationStatistics _statistics;
    private readonly PackedModelWriter _writer;

    /// <summary>Begins the file with those of the checkpoint's files that it holds.</summary>
    /// <param name="path">The packed file to make.</param>
    /// <param name="tensors">The tensors that the model has.</param>
    /// <param name="files">The checkpoint's files that go into it as they are.</param>
    /// <param name="sourceBytes">Bytes of the weights as the checkpoint stores them.</param>
    /// <param name="options">How the tensors are made.</param>
    /// <param name="statistics">Takes what is known about each, before <see cref="Finish"/>.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ502x: the file cannot be written.</exception>
    public PackedAssembly(
        string path, TensorPlan tensors, IReadOnlyList<KeyValuePair<string, byte[]>> files, long sourceBytes, QuantizationOptions options, QuantizationStatistics statistics)
    {
        (_path, _sourceBytes, _options, _statistics) = (path, sourceBytes, options, statistics);
        PackedOutline outline = new(tensors, files, options);
        _writer = new(path, outline.Header, outline.Contents);
        try
        {
            foreach ((string name, byte[] content) in files)
                _writer.WriteFile(name, content);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
    }

    /// <summary>Writes the next tensor.</summary>
    public void Write(SegmentTensor tensor) => tensor.WriteTo(_writer);

    /// <summary>Completes the file, has it reviewed under its temporary name, and gives it its own.</summary>
    /// <param name="review">Tries the file out; or null.</param>
    /// <param name="cancellationToken">Ends the review.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">The file cannot be written (MOEQ502x), or the review refuses the model.</exception>
    public QuantizationResult Finish(IPackedModelReview? review, CancellationToken cancellationToken)
    {
        ComparisonResult? evaluation = null;
        if (review is not null)
        {
            long start = Stopwatch.GetTimestamp();
            string temporary = _writer.Complete(QuantizationRecord.Write(_options, _sourceBytes, _statistics, null));
            evaluation = review.Review(temporary, Result(new FileInfo(temporary).Length), cancellationToken);
            _statistics.AddPhase("evaluation", Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        _writer.Commit(QuantizationRecord.Write(_options, _sourceBytes, _statistics, evaluation));
        return Result(new FileInfo(_path).Length) with { Evaluation = evaluation };

        QuantizationResult Result(long bytes) => new(_path, _options.Name, _options.Scheme, _sourceBytes, bytes, _statistics);
    }

    /// <summary>Deletes the file where it was not finished.</summary>
    public void Dispose() => _writer.Dispose();
}
