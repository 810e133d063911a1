namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>What a part file says about itself, in JSON behind its units. No times and no paths: equal runs give equal part files.</summary>
/// <param name="Format">The value of <see cref="CurrentFormat"/>.</param>
/// <param name="Tool">Version of the tool.</param>
/// <param name="Fingerprint">The run's fingerprint: equal for all parts of a run.</param>
/// <param name="Number">The part's number, from 1.</param>
/// <param name="Count">The number of parts.</param>
/// <param name="Options">The options of the run, without what has no influence on the packed file.</param>
/// <param name="SourceBytes">Bytes of the weights as the checkpoint stores them.</param>
/// <param name="Units">The units, in file order.</param>
/// <param name="Files">The checkpoint's files that go into the packed file as they are; in the first part only.</param>
internal sealed record PartHead(
    string Format, string Tool, string Fingerprint, int Number, int Count, QuantizationOptions Options, long SourceBytes, PartUnit[] Units, PartEmbeddedFile[] Files)
{
    /// <summary>What the files of this version say.</summary>
    public const string CurrentFormat = "moequant-part/1";

    /// <summary>The number as it stands in messages.</summary>
    public string Title => $"part {new PartNumber(Number, Count)}";
}
