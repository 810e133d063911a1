using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Model.Config;

/// <summary>What can be wrong with a <c>config.json</c>.</summary>
public static class ModelDiagnostics
{
    /// <summary>config.json is no JSON object.</summary>
    public static readonly DiagnosticDescriptor ConfigNotJson = new(
        "MOEQ1050", "config.json is not a JSON object", "Download the checkpoint's config.json again.");

    /// <summary>config.json names no architecture.</summary>
    public static readonly DiagnosticDescriptor ArchitectureMissing = new(
        "MOEQ1051", "config.json names no architecture", "Use a Hugging Face checkpoint whose config.json lists its class under \"architectures\".");

    /// <summary>The architecture is not supported.</summary>
    public static readonly DiagnosticDescriptor ArchitectureUnknown = new(
        "MOEQ1052", "The model architecture is not supported", "Use a checkpoint of a supported family; docs/architecture.md lists them.");

    /// <summary>A required setting is absent.</summary>
    public static readonly DiagnosticDescriptor SettingMissing = new(
        "MOEQ1053", "config.json lacks a setting", "Add the setting as the model's authors publish it.");

    /// <summary>A setting has the wrong JSON type.</summary>
    public static readonly DiagnosticDescriptor SettingWrongType = new(
        "MOEQ1054", "A setting of config.json has the wrong type", "Restore the setting as the model's authors publish it.");

    /// <summary>A setting is outside its range.</summary>
    public static readonly DiagnosticDescriptor SettingOutOfRange = new(
        "MOEQ1055", "A setting of config.json is out of range", "Restore the setting as the model's authors publish it.");

    /// <summary>Two settings contradict each other.</summary>
    public static readonly DiagnosticDescriptor SettingsInconsistent = new(
        "MOEQ1056", "Settings of config.json contradict each other", "Restore config.json as the model's authors publish it.");

    /// <summary>The activation function is not supported.</summary>
    public static readonly DiagnosticDescriptor ActivationUnsupported = new(
        "MOEQ1057", "The activation function is not supported", "Use a checkpoint whose hidden_act is silu.");

    /// <summary>The kind of rope scaling is not supported.</summary>
    public static readonly DiagnosticDescriptor RopeScalingUnsupported = new(
        "MOEQ1058", "The rope scaling is not supported", "Use a checkpoint without rope scaling or with type linear.");

    /// <summary>The routing variant is not supported.</summary>
    public static readonly DiagnosticDescriptor RoutingUnsupported = new(
        "MOEQ1059", "The routing variant is not supported", "Use a checkpoint with plain softmax top-k routing.");

    /// <summary>The checkpoint is already quantized.</summary>
    public static readonly DiagnosticDescriptor AlreadyQuantized = new(
        "MOEQ1060", "The checkpoint is already quantized", "Start from the original BF16, F16 or F32 checkpoint.");

    /// <summary>generation_config.json cannot be used.</summary>
    public static readonly DiagnosticDescriptor GenerationConfigInvalid = new(
        "MOEQ1061", "generation_config.json cannot be used", "Download the checkpoint's generation_config.json again, or delete it.");
}
