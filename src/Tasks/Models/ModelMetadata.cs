namespace MoEQuant.Build.Tasks.Models;

/// <summary>Names of item metadata: those a project sets on <c>MoEModel</c> and those the build step hands from target to target.</summary>
internal static class ModelMetadata
{
    public const string Name = "Name";
    public const string Scheme = "Scheme";
    public const string GroupSize = "GroupSize";
    public const string DenseRank = "DenseRank";
    public const string SparseRank = "SparseRank";
    public const string CompensatorBits = "CompensatorBits";
    public const string RankPolicy = "RankPolicy";
    public const string TargetBitsPerWeight = "TargetBitsPerWeight";
    public const string TargetSize = "TargetSize";
    public const string Symmetric = "Symmetric";
    public const string Rounding = "Rounding";
    public const string RouterBits = "RouterBits";
    public const string StatisticsFile = "StatisticsFile";
    public const string ActivationGroupSize = "ActivationGroupSize";
    public const string ActivationClip = "ActivationClip";
    public const string CalibrationFiles = "CalibrationFiles";
    public const string Calibration = "Calibration";
    public const string CalibrationTokens = "CalibrationTokens";
    public const string CalibrationSeed = "CalibrationSeed";
    public const string BalanceRatio = "BalanceRatio";
    public const string MinExpertTokens = "MinExpertTokens";
    public const string ExpertShortage = "ExpertShortage";
    public const string Smoothing = "Smoothing";
    public const string RouterAlignment = "RouterAlignment";
    public const string Rotation = "Rotation";
    public const string Device = "Device";
    public const string EvaluationFiles = "EvaluationFiles";
    public const string EvaluationWindows = "EvaluationWindows";
    public const string MaxPerplexityIncrease = "MaxPerplexityIncrease";
    public const string MaxKlDivergence = "MaxKlDivergence";
    public const string MinRouterAgreement = "MinRouterAgreement";

    /// <summary>Embed, Sidecar or Auto as the project writes it; Embed or Sidecar once it is decided.</summary>
    public const string Packaging = "Packaging";

    /// <summary>The name in <c>MoEModels.LoadXxx</c>.</summary>
    public const string AccessorName = "AccessorName";

    /// <summary>The folder as the project wrote it, for documentation.</summary>
    public const string DeclaredPath = "DeclaredPath";

    /// <summary>The checkpoint's folder, absolute.</summary>
    public const string CheckpointFolder = "CheckpointFolder";

    /// <summary>The manifest resource's name.</summary>
    public const string LogicalName = "LogicalName";

    /// <summary>The packed file to be made, absolute.</summary>
    public const string PackedFile = "PackedFile";

    /// <summary>The report's page, absolute; its data lie beside it as <c>.json</c>.</summary>
    public const string ReportFile = "ReportFile";

    /// <summary>The file that becomes the manifest resource, absolute: the packed file, or the description of one that is shipped beside the app.</summary>
    public const string ResourceFile = "ResourceFile";

    /// <summary>The packed file's name beside the app; empty for an embedded model.</summary>
    public const string SidecarName = "SidecarName";
}
