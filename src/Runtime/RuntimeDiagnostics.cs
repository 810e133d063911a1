using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime;

/// <summary>What can go wrong when a packed model is opened and used.</summary>
public static class RuntimeDiagnostics
{
    /// <summary>A tensor that the configuration needs is not in the packed file.</summary>
    public static readonly DiagnosticDescriptor TensorMissing = new(
        "MOEQ5030", "The packed model lacks a tensor", "Quantize the checkpoint again with this version of moequant.");

    /// <summary>A tensor has another shape than the configuration says.</summary>
    public static readonly DiagnosticDescriptor TensorShape = new(
        "MOEQ5031", "A tensor of the packed model has the wrong shape", "Quantize the checkpoint again with this version of moequant.");

    /// <summary>A section of a packed matrix has a length that its layout does not have.</summary>
    public static readonly DiagnosticDescriptor SectionLength = new(
        "MOEQ5032", "A packed matrix has a section of the wrong length", "Quantize the checkpoint again with this version of moequant.");

    /// <summary>The packed file carries no configuration or tokenizer.</summary>
    public static readonly DiagnosticDescriptor FileMissing = new(
        "MOEQ5033", "The packed model lacks a file", "Quantize the checkpoint again from a folder that holds config.json and tokenizer.json.");

    /// <summary>The manifest resource does not exist or cannot be mapped.</summary>
    public static readonly DiagnosticDescriptor ResourceMissing = new(
        "MOEQ5034", "The embedded model was not found", "Declare the model with <MoEModel Include=\"…\" /> in the project whose assembly is asked, and build it again.");

    /// <summary>The prompt does not fit into the context.</summary>
    public static readonly DiagnosticDescriptor PromptTooLong = new(
        "MOEQ5035", "The text does not fit into the context", "Shorten the text, or load the model with a larger ContextLength.");

    /// <summary>The prompt has no tokens.</summary>
    public static readonly DiagnosticDescriptor PromptEmpty = new(
        "MOEQ5036", "The prompt is empty", "Give at least one character, or a tokenizer that adds a begin-of-sequence token.");

    /// <summary>A token id is outside the vocabulary.</summary>
    public static readonly DiagnosticDescriptor TokenOutOfRange = new(
        "MOEQ5037", "A token id is outside the vocabulary", "Use the tokenizer that belongs to the model.");

    /// <summary>A generation option is out of range.</summary>
    public static readonly DiagnosticDescriptor OptionOutOfRange = new(
        "MOEQ5038", "A generation or load option is out of range", "Set the option to a value in the range that its documentation gives.");

    /// <summary>Memory for the key-value cache or the work buffers could not be had.</summary>
    public static readonly DiagnosticDescriptor OutOfMemory = new(
        "MOEQ5039", "There is not enough memory for the context", "Load the model with a smaller ContextLength.");

    /// <summary>The packed file was made for other versions of this runtime.</summary>
    public static readonly DiagnosticDescriptor RuntimeVersion = new(
        "MOEQ5044", "The model was packed for another runtime version", "Use MoEQuant.Build and MoEQuant.Runtime in the same version and build the model again.");
}
