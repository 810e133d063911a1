namespace MoEQuant.Quantizer.Cli;

/// <summary>Who reads the messages.</summary>
internal enum LogFormat
{
    /// <summary>People: progress bar and tables on a terminal, plain lines elsewhere.</summary>
    Human,

    /// <summary>MSBuild: canonical messages <c>ORIGIN : error CODE: text</c> and plain lines, all on the standard output.</summary>
    MSBuild,
}
