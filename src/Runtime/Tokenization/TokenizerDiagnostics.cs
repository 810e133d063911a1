using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization;

/// <summary>What can be wrong with a <c>tokenizer.json</c>.</summary>
public static class TokenizerDiagnostics
{
    private const string DownloadAgain = "Download the checkpoint's tokenizer.json again.";
    private const string AskSupport = "Use a tokenizer.json built from the supported parts; docs/architecture.md lists them.";

    /// <summary>The bytes are not one JSON object in UTF-8.</summary>
    public static readonly DiagnosticDescriptor NotJson = new(
        "MOEQ1080", "tokenizer.json is not a JSON object", DownloadAgain);

    /// <summary>A required property is absent.</summary>
    public static readonly DiagnosticDescriptor PropertyMissing = new(
        "MOEQ1081", "tokenizer.json lacks a property", DownloadAgain);

    /// <summary>A property has the wrong JSON type or a value outside its range.</summary>
    public static readonly DiagnosticDescriptor PropertyInvalid = new(
        "MOEQ1082", "A property of tokenizer.json has an invalid value", DownloadAgain);

    /// <summary>The file declares a version other than 1.0.</summary>
    public static readonly DiagnosticDescriptor VersionUnsupported = new(
        "MOEQ1083", "The version of tokenizer.json is not supported", "Use a tokenizer.json of version 1.0.");

    /// <summary>The model is not byte-pair encoding.</summary>
    public static readonly DiagnosticDescriptor ModelUnsupported = new(
        "MOEQ1084", "The tokenizer model is not supported", "Use a checkpoint whose tokenizer.json holds a BPE model.");

    /// <summary>A normalizer, pre-tokenizer, post-processor or decoder is of a kind that is not known here.</summary>
    public static readonly DiagnosticDescriptor ComponentUnsupported = new(
        "MOEQ1085", "A part of the tokenizer is not supported", AskSupport);

    /// <summary>A known part is set up in a way that is not supported.</summary>
    public static readonly DiagnosticDescriptor OptionUnsupported = new(
        "MOEQ1086", "An option of the tokenizer is not supported", AskSupport);

    /// <summary>A token id is no integer from 0 to the largest id supported.</summary>
    public static readonly DiagnosticDescriptor TokenIdInvalid = new(
        "MOEQ1087", "A token id is invalid", DownloadAgain);

    /// <summary>One id has two tokens, or one token two ids.</summary>
    public static readonly DiagnosticDescriptor TokenDuplicate = new(
        "MOEQ1088", "A token or a token id occurs twice", DownloadAgain);

    /// <summary>An entry of the merge list is not a pair of tokens.</summary>
    public static readonly DiagnosticDescriptor MergeMalformed = new(
        "MOEQ1089", "A merge is not a pair of tokens", DownloadAgain);

    /// <summary>A merge names, or leads to, a token that the vocabulary does not have.</summary>
    public static readonly DiagnosticDescriptor MergeTokenUnknown = new(
        "MOEQ1090", "A merge names an unknown token", DownloadAgain);

    /// <summary>A byte-level vocabulary has no token for a byte that text can contain.</summary>
    public static readonly DiagnosticDescriptor ByteTokenMissing = new(
        "MOEQ1091", "The byte-level vocabulary lacks a byte", DownloadAgain);

    /// <summary>The unknown token is not in the vocabulary.</summary>
    public static readonly DiagnosticDescriptor UnknownTokenMissing = new(
        "MOEQ1092", "The unknown token is not in the vocabulary", DownloadAgain);

    /// <summary>An added token contradicts the vocabulary or is unusable.</summary>
    public static readonly DiagnosticDescriptor AddedTokenInvalid = new(
        "MOEQ1093", "An added token is invalid", DownloadAgain);

    /// <summary>The template of the post-processor names tokens or sequences that do not exist.</summary>
    public static readonly DiagnosticDescriptor TemplateInvalid = new(
        "MOEQ1094", "The template of the post-processor is invalid", DownloadAgain);

    /// <summary>A regular expression is malformed or uses a construct that is not supported.</summary>
    public static readonly DiagnosticDescriptor PatternUnsupported = new(
        "MOEQ1095", "A pattern of the tokenizer is not supported", AskSupport);

    /// <summary>Matching a regular expression took more steps than any sound pattern needs.</summary>
    public static readonly DiagnosticDescriptor PatternTooCostly = new(
        "MOEQ1096", "A pattern of the tokenizer takes too long", "Use the tokenizer.json that the model's authors publish.");

    /// <summary>A normalizer, pre-tokenizer or decoder makes a text longer than any sound one does.</summary>
    public static readonly DiagnosticDescriptor TextTooLong = new(
        "MOEQ1097", "A part of the tokenizer lengthens text without bound", "Use the tokenizer.json that the model's authors publish.");
}
