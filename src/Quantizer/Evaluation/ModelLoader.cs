using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Opens a MODEL: a packed file, or the folder of an unquantized checkpoint, executed by the same network code.</summary>
internal static class ModelLoader
{
    /// <summary>Opens a model.</summary>
    /// <exception cref="MoEQuantException">The file or checkpoint cannot be used.</exception>
    public static MoEModel Load(string path, MoEModelOptions options) => Directory.Exists(path) ? LoadCheckpoint(path, options) : MoEModel.Load(path, options);

    private static MoEModel LoadCheckpoint(string path, MoEModelOptions options)
    {
        CheckpointFolder folder = CheckpointFolder.Open(path);
        try
        {
            byte[] configJson = folder.ReadConfig();
            ModelConfig config = ModelConfig.Parse(configJson, folder.FilePath("config.json"));
            folder.Validate(TensorPlan.For(config));
            if (!folder.TryReadFile("tokenizer.json", out byte[]? tokenizerJson))
                throw new MoEQuantException(CheckpointDiagnostics.FileMissing, "There is no tokenizer.json.", path);
            folder.TryReadFile("generation_config.json", out byte[]? generationJson);
            GenerationDefaults defaults = GenerationDefaults.Parse(configJson, generationJson, folder.FilePath(generationJson is null ? "config.json" : "generation_config.json"));
            return MoEModel.Create(folder, config, Tokenizer.FromJson(tokenizerJson), defaults, options);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }
}
