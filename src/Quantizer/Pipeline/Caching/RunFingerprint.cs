using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>Tells runs apart by everything that has an influence on their tensors: the tool's own code, the options, and the content of every input file.</summary>
/// <remarks>Not by the model's name, paths or the number of threads, none of which change a tensor: such runs share what they make.</remarks>
internal static class RunFingerprint
{
    /// <summary>64 lower-case hexadecimal digits.</summary>
    /// <param name="source">The model; its weight files are read once, by as many threads as the options allow.</param>
    /// <param name="options">The options; files that they name count by content.</param>
    /// <param name="backend">The arithmetic, whose code counts; its device is among the options.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static string Compute(QuantizationSource source, QuantizationOptions options, INumericBackend backend, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Versions of released tools differ; module identifiers tell apart what was built between two releases.
        Add(hash, ToolVersion.Current);
        foreach (Type type in (Type[])[typeof(RunFingerprint), typeof(Runtime.Model.Plan.TensorPlan), typeof(Kernels.PackedShape), typeof(Format.PackedFormat), backend.GetType()])
            hash.AppendData(type.Module.ModuleVersionId.ToByteArray());
        Add(hash, JsonSerializer.Serialize(Relevant(options)));
        foreach ((string name, byte[] content) in source.Files)
        {
            Add(hash, name);
            hash.AppendData(SHA256.HashData(content));
        }

        string[] files = [.. source.WeightFiles.Concat(OptionFiles(options))];
        foreach (byte[] content in ContentHash.Compute(files, options.ThreadCount, cancellationToken))
            hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The options without those that change no tensor, and without paths.</summary>
    public static QuantizationOptions Relevant(QuantizationOptions options) => options with
    {
        Name = "",
        ThreadCount = 1,
        CacheFolder = null,
        StatisticsFile = options.StatisticsFile is null ? null : "",
        Calibration = options.Calibration with { Files = [] },
    };

    private static IEnumerable<string> OptionFiles(QuantizationOptions options) =>
        options.Calibration.Files.Concat(options.StatisticsFile is { } statistics ? [statistics] : []);

    private static void Add(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
