using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Opens a checkpoint for quantization. Everything that can be refused is refused here, before hours of work.</summary>
internal static class CheckpointSource
{
    private static readonly string[] FileNames = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"];

    /// <summary>Checks configuration, tensors and tokenizer and describes the checkpoint as a source. The folder stays the caller's.</summary>
    /// <exception cref="MoEQuantException">The checkpoint cannot be used.</exception>
    public static QuantizationSource Create(CheckpointFolder folder)
    {
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig(), folder.FilePath("config.json"));
        TensorPlan plan = TensorPlan.For(config);
        folder.Validate(plan);
        List<KeyValuePair<string, byte[]>> files = [];
        foreach (string name in FileNames)
            if (folder.TryReadFile(name, out byte[]? content) && content.Length > 0)
                files.Add(new(name, content));
        if (files.Find(file => file.Key == "tokenizer.json").Value is not { } tokenizer)
            throw new MoEQuantException(CheckpointDiagnostics.FileMissing, "There is no tokenizer.json.", folder.Path);
        _ = Tokenizer.FromJson(tokenizer);
        return new(new CheckpointReader(folder), plan, files, folder.WeightPaths.Sum(path => new FileInfo(path).Length)) { WeightFiles = [.. folder.WeightPaths] };
    }
}
