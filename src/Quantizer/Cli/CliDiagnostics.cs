using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Command lines that cannot be carried out. All of them give exit code 2.</summary>
public static class CliDiagnostics
{
    /// <summary>Something on the command line is unknown, missing or given twice.</summary>
    public static readonly DiagnosticDescriptor Syntax = new("MOEQ2001", "Command line not understood", "See 'moequant --help' and 'moequant COMMAND --help'.");

    /// <summary>quantize without --output.</summary>
    public static readonly DiagnosticDescriptor OutputMissing = new("MOEQ2002", "No output file", "Give the packed file to make: --output FILE.");

    /// <summary>--scheme.</summary>
    public static readonly DiagnosticDescriptor Scheme = new("MOEQ2003", "Unknown quantization scheme", "Use W3A16, W4A16, W3A8, W4A8, W4A4 or W3A4.");

    /// <summary>--group-size.</summary>
    public static readonly DiagnosticDescriptor GroupSize = new("MOEQ2004", "Group size not supported", "Use 32, 64 or 128.");

    /// <summary>--dense-rank or --sparse-rank.</summary>
    public static readonly DiagnosticDescriptor Rank = new("MOEQ2005", "Compensator rank out of range", "Use a whole number from 0 (no compensator) to 4096.");

    /// <summary>--compensator-bits.</summary>
    public static readonly DiagnosticDescriptor CompensatorBits = new("MOEQ2006", "Compensator bits not supported", "Use 8 or 3.");

    /// <summary>--threads.</summary>
    public static readonly DiagnosticDescriptor Threads = new("MOEQ2007", "Number of threads out of range", "Use a whole number from 1 to 1024, or leave the option out to use every processor.");

    /// <summary>--name.</summary>
    public static readonly DiagnosticDescriptor Name = new("MOEQ2008", "Model name not usable", "Use 1 to 200 characters without control characters.");

    /// <summary>--log.</summary>
    public static readonly DiagnosticDescriptor Log = new("MOEQ2009", "Unknown message format", "Use human or msbuild.");

    /// <summary>--output names something that cannot be a packed file.</summary>
    public static readonly DiagnosticDescriptor OutputUnusable = new("MOEQ2010", "Output file not usable", "Name a file outside the checkpoint's own files, for example model.moeq.");

    /// <summary>--max-tokens.</summary>
    public static readonly DiagnosticDescriptor MaxTokens = new("MOEQ2011", "Number of tokens out of range", "Use a whole number from 1 to 1000000.");

    /// <summary>--temperature.</summary>
    public static readonly DiagnosticDescriptor Temperature = new("MOEQ2012", "Temperature out of range", "Use a number from 0 (always the most probable token) to 100.");

    /// <summary>--seed.</summary>
    public static readonly DiagnosticDescriptor Seed = new("MOEQ2013", "Seed out of range", "Use a whole number from 0 to 18446744073709551615.");

    /// <summary>--top-k.</summary>
    public static readonly DiagnosticDescriptor TopK = new("MOEQ2014", "Top-k out of range", "Use a whole number from 0 (no limit) to 1000000.");

    /// <summary>--top-p.</summary>
    public static readonly DiagnosticDescriptor TopP = new("MOEQ2015", "Top-p out of range", "Use a number above 0 up to 1 (no limit).");

    /// <summary>--min-p.</summary>
    public static readonly DiagnosticDescriptor MinP = new("MOEQ2016", "Min-p out of range", "Use a number from 0 (no limit) to 1.");

    /// <summary>--repetition-penalty.</summary>
    public static readonly DiagnosticDescriptor RepetitionPenalty = new("MOEQ2017", "Repetition penalty out of range", "Use a number above 0 up to 100; 1 is no penalty.");

    /// <summary>--prompt.</summary>
    public static readonly DiagnosticDescriptor Prompt = new("MOEQ2018", "No prompt", "Give the text to continue: --prompt TEXT.");

    /// <summary>eval without --text.</summary>
    public static readonly DiagnosticDescriptor TextMissing = new("MOEQ2019", "No text to evaluate on", "Give a UTF-8 text file: --text FILE.");

    /// <summary>--context.</summary>
    public static readonly DiagnosticDescriptor Context = new("MOEQ2020", "Window length out of range", "Use a whole number of tokens from 2 up to what the model was made for.");

    /// <summary>--windows.</summary>
    public static readonly DiagnosticDescriptor Windows = new("MOEQ2021", "Number of windows out of range", "Use a whole number of at least 1, or leave the option out to use the whole text.");

    /// <summary>A MODEL that is neither file nor folder.</summary>
    public static readonly DiagnosticDescriptor ModelMissing = new("MOEQ2022", "Model not found", "Name a packed file (.moeq) or a folder with an unquantized checkpoint.");

    /// <summary>A CHECKPOINT that is no folder.</summary>
    public static readonly DiagnosticDescriptor CheckpointMissing = new("MOEQ2023", "Checkpoint folder not found", "Name the folder that holds config.json and the safetensors files.");
}
