namespace MoEQuant.TestSupport.Processes;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output and error together, in the order of arrival.</param>
/// <param name="Duration">From start to end.</param>
public sealed record ProcessResult(int ExitCode, string Output, TimeSpan Duration);
