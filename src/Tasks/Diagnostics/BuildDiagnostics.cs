namespace MoEQuant.Build.Tasks.Diagnostics;

/// <summary>Every expected failure of the build step. docs/diagnostics.md lists the same codes; a repository test compares the two.</summary>
internal static class BuildDiagnostics
{
    public static readonly DiagnosticDescriptor CheckpointMissing = new(
        "MOEQ4001", "Checkpoint folder not found",
        "Set Include of the MoEModel item to the folder of a Hugging Face checkpoint, relative to the project file or absolute.");

    public static readonly DiagnosticDescriptor CheckpointIsFile = new(
        "MOEQ4002", "MoEModel is a file, not a folder",
        "Set Include of the MoEModel item to the checkpoint's folder, without wildcards.");

    public static readonly DiagnosticDescriptor CheckpointWithoutConfig = new(
        "MOEQ4003", "Checkpoint folder has no config.json",
        "Point the MoEModel item at the folder that holds config.json, tokenizer.json and the safetensors files, and check that the download is complete.");

    public static readonly DiagnosticDescriptor NameInvalid = new(
        "MOEQ4004", "No accessor name can be derived",
        "Give the MoEModel item a Name of letters and digits (at most 100 of them).");

    public static readonly DiagnosticDescriptor NameTaken = new(
        "MOEQ4005", "Two models have the same accessor name",
        "Give one of the two MoEModel items a different Name.");

    public static readonly DiagnosticDescriptor MetadataUnknown = new(
        "MOEQ4006", "Unknown metadata on an MoEModel item",
        "Correct the spelling or remove it; README.md lists all metadata, for example Name, Scheme, TargetBitsPerWeight, EvaluationFiles and Packaging.");

    public static readonly DiagnosticDescriptor ArgumentNotRepresentable = new(
        "MOEQ4007", "A value cannot be passed to the engine",
        "Remove quotation marks and line breaks from the value or path.");

    public static readonly DiagnosticDescriptor EngineMissing = new(
        "MOEQ4008", "Engine not found",
        "Restore the MoEQuant.Build package again, or correct the property MoEQuantEnginePath if the project sets it.");

    public static readonly DiagnosticDescriptor HostMissing = new(
        "MOEQ4009", ".NET host not found",
        "Install the .NET 10 SDK or set DOTNET_HOST_PATH to the full path of its dotnet executable.");

    public static readonly DiagnosticDescriptor EngineEndedSilently = new(
        "MOEQ4010", "Engine ended without reporting a reason",
        "Build with -v:detailed to see all of the engine's output; if memory ran out, close other programs or set the property MoEQuantThreads to a smaller number.");

    public static readonly DiagnosticDescriptor ResourcesTooLarge = new(
        "MOEQ4011", "Embedded resources exceed what one assembly can hold",
        "Set Packaging=\"Sidecar\" on the largest MoEModel items, or spread them over several class libraries.");

    public static readonly DiagnosticDescriptor LanguageNotSupported = new(
        "MOEQ4012", "Project language is not supported",
        "Declare the MoEModel item in a C# class library and reference that library.");

    public static readonly DiagnosticDescriptor FileNotAccessible = new(
        "MOEQ4013", "A file of the build step cannot be read or written",
        "Check permissions and free space of the project's intermediate folder and that no other program holds the file.");

    public static readonly DiagnosticDescriptor PackagingUnknown = new(
        "MOEQ4040", "Unknown packaging of a model",
        "Use Embed, Sidecar or Auto.");

    public static readonly DiagnosticDescriptor SingleFileTooLarge = new(
        "MOEQ4041", "Files exceed what a single file can hold",
        "Set Packaging=\"Sidecar\" on the MoEModel items, in class libraries too, or publish without PublishSingleFile.");

    public static readonly DiagnosticDescriptor NativeImageTooLarge = new(
        "MOEQ4042", "Assemblies exceed what a native image can hold",
        "Set Packaging=\"Sidecar\" on the MoEModel items, in class libraries too, or publish without PublishAot.");

    public static readonly DiagnosticDescriptor PackedFileDamaged = new(
        "MOEQ4043", "Packed file is damaged",
        "Delete the file, or run 'dotnet clean', and build again.");

    public static readonly DiagnosticDescriptor LanguageVersionTooOld = new(
        "MOEQ4044", "C# version is too old for the generated source",
        "Set LangVersion to 7.3 or later, or remove it: .NET 10's compiler has 14.");

    public static readonly DiagnosticDescriptor VerbosityUnknown = new(
        "MOEQ4045", "Unknown verbosity",
        "Set MoEQuantVerbosity to quiet, normal or detailed, or remove it.");

    public static readonly DiagnosticDescriptor RuntimeNotReferenced = new(
        "MOEQ4046", "MoEQuant.Runtime is not referenced",
        "Target net10.0 or later, and remove IncludeAssets and ExcludeAssets from the reference to MoEQuant.Build, or reference MoEQuant.Runtime beside it.");
}
