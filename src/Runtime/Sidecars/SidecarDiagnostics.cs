using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Sidecars;

/// <summary>What can go wrong with a packed model that lies beside the app instead of inside it.</summary>
public static class SidecarDiagnostics
{
    /// <summary>The resource that describes the file is damaged.</summary>
    public static readonly DiagnosticDescriptor ReferenceInvalid = new(
        "MOEQ5040", "The description of the model file is damaged", "Build the project that declares the model again.");

    /// <summary>The file is not beside the executable.</summary>
    public static readonly DiagnosticDescriptor FileMissing = new(
        "MOEQ5041", "The model file beside the app was not found", "Copy all files of the publish folder, and keep the .moeq file in the folder of the executable.");

    /// <summary>The file is shorter or longer than the one the app was built with.</summary>
    public static readonly DiagnosticDescriptor LengthDiffers = new(
        "MOEQ5042", "The model file beside the app has another length", "The copy is incomplete or of another build: copy the .moeq file of this app's own publish folder again.");

    /// <summary>The file has the right length and another content.</summary>
    public static readonly DiagnosticDescriptor ContentDiffers = new(
        "MOEQ5043", "The model file beside the app is another one", "Copy the .moeq file of this app's own publish folder; files of different builds cannot be exchanged.");
}
