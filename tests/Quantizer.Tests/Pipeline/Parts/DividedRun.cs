using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Parts;

namespace MoEQuant.Quantizer.Tests.Pipeline.Parts;

/// <summary>A small checkpoint of two layers, so of four pieces, that is quantized in one run and in parts.</summary>
internal sealed class DividedRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DividedRun(double deviation = 0.2) => SmallCheckpoint.Write(Directory.CreateDirectory(Checkpoint).FullName, deviation);

    /// <summary>Cheap, and different for every matrix.</summary>
    public static QuantizationOptions Options { get; } = new() { Name = "n", DenseRank = 2, SparseRank = 1 };

    public string Checkpoint => _folder.File("model");

    public string Cache => _folder.File("cache");

    public string Output => _folder.File("out/merged.moeq");

    public string File(string name) => _folder.File(name);

    /// <summary>The bytes of one run.</summary>
    public byte[] Whole(QuantizationOptions? options = null) => Use(source =>
    {
        new QuantizationPipeline(source, options ?? Options).Run(_folder.File("whole.moeq"));
        return System.IO.File.ReadAllBytes(_folder.File("whole.moeq"));
    });

    /// <summary>Makes one part and returns its path.</summary>
    public string Part(int number, int count, QuantizationOptions? options = null, IQuantizationProgress? progress = null, CancellationToken cancellationToken = default) =>
        Use(source => new PartPipeline(source, options ?? Options, new(number, count), ManagedBackend.Instance).Run(_folder.File($"{number}-of-{count}.part"), progress, cancellationToken).Path);

    /// <summary>Makes all parts.</summary>
    public string[] Parts(int count, QuantizationOptions? options = null) => [.. Enumerable.Range(1, count).Select(number => Part(number, count, options))];

    /// <summary>Merges and returns the result.</summary>
    public QuantizationResult Merge(params string[] parts)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Output)!);
        using PartSet set = PartSet.Open(parts);
        return new PartMerge(set).Run(Output);
    }

    /// <summary>Merges and returns the bytes.</summary>
    public byte[] MergedBytes(params string[] parts)
    {
        Merge(parts);
        return System.IO.File.ReadAllBytes(Output);
    }

    public T Use<T>(Func<QuantizationSource, T> use)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(Checkpoint);
        return use(CheckpointSource.Create(checkpoint));
    }

    public void Dispose() => _folder.Dispose();
}
