namespace MoEQuant.Quantizer.Cli;

/// <summary>Exit codes of the tool.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>A coded failure; a message says which.</summary>
    public const int Failure = 1;

    /// <summary>A command line that cannot be carried out (MOEQ20xx).</summary>
    public const int Usage = 2;

    /// <summary>Cancelled.</summary>
    public const int Cancelled = 130;
}
