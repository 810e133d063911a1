using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>What can be wrong with a checkpoint folder, its index, or its tensors against the plan.</summary>
public static class CheckpointDiagnostics
{
    private const string DownloadAgain = "Download the checkpoint again, completely.";

    /// <summary>The checkpoint folder does not exist.</summary>
    public static readonly DiagnosticDescriptor FolderMissing = new(
        "MOEQ1030", "Checkpoint folder not found", "Name the folder that holds the checkpoint's config.json and safetensors files.");

    /// <summary>A file of the checkpoint, such as config.json, is absent.</summary>
    public static readonly DiagnosticDescriptor FileMissing = new(
        "MOEQ1031", "Checkpoint lacks a file", "Download the file from the model's page into the checkpoint folder.");

    /// <summary>No weights, or weights of another format only.</summary>
    public static readonly DiagnosticDescriptor WeightsMissing = new(
        "MOEQ1032", "Checkpoint has no safetensors weights",
        "Download the model's model.safetensors, or its shards with model.safetensors.index.json; checkpoints of other formats must be converted first.");

    /// <summary>model.safetensors.index.json is not what it should be.</summary>
    public static readonly DiagnosticDescriptor IndexInvalid = new(
        "MOEQ1033", "Checkpoint index is malformed", "Download model.safetensors.index.json again.");

    /// <summary>The index leads out of the checkpoint's folder.</summary>
    public static readonly DiagnosticDescriptor ShardNameInvalid = new(
        "MOEQ1034", "Shard name in the index is not a plain file name", "Use the index from the model's page; shards lie beside it.");

    /// <summary>A shard is absent.</summary>
    public static readonly DiagnosticDescriptor ShardMissing = new("MOEQ1035", "Shard is missing", DownloadAgain);

    /// <summary>The index names a tensor that its shard does not have.</summary>
    public static readonly DiagnosticDescriptor IndexedTensorMissing = new(
        "MOEQ1036", "Shard lacks a tensor that the index names", "Index and shards are of different downloads: download the checkpoint again, completely.");

    /// <summary>Two shards have a tensor of one name.</summary>
    public static readonly DiagnosticDescriptor TensorDuplicated = new(
        "MOEQ1037", "Tensor occurs in two shards", "Remove the shard that belongs to another checkpoint, or download the checkpoint again.");

    /// <summary>A tensor that the architecture needs is absent.</summary>
    public static readonly DiagnosticDescriptor TensorMissing = new(
        "MOEQ1038", "Checkpoint lacks a tensor", "Check that config.json belongs to these weights and that the download is complete.");

    /// <summary>A tensor that the architecture does not know.</summary>
    public static readonly DiagnosticDescriptor TensorSurplus = new(
        "MOEQ1039", "Checkpoint has a tensor that the architecture does not know", "Check that config.json belongs to these weights; merge adapters and remove extra heads first.");

    /// <summary>A tensor has another shape than config.json demands.</summary>
    public static readonly DiagnosticDescriptor TensorShape = new(
        "MOEQ1040", "Tensor has an unexpected shape", "Check that config.json belongs to these weights.");

    /// <summary>A tensor has a type that cannot be quantized from.</summary>
    public static readonly DiagnosticDescriptor TensorType = new(
        "MOEQ1041", "Tensor has an unsupported type", "Convert the checkpoint to BF16, F16 or F32; an already quantized checkpoint cannot be quantized again.");

    /// <summary>A weight is NaN or infinite.</summary>
    public static readonly DiagnosticDescriptor WeightNotFinite = new(
        "MOEQ1042", "Weight is not a finite number", "The checkpoint is damaged or was trained to divergence: download it again or ask its authors.");
}
