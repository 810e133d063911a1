using Microsoft.Build.Framework;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Engine;

/// <summary>What the property MoEQuantVerbosity means. The binary log has everything at each of them.</summary>
internal sealed class EngineVerbosity
{
    private EngineVerbosity(MessageImportance output, MessageImportance command)
    {
        Output = output;
        Command = command;
    }

    /// <summary>The importance of the engine's progress. MSBuild shows High by default and Low only when asked for details.</summary>
    public MessageImportance Output { get; }

    /// <summary>The importance of the command line and the arguments.</summary>
    public MessageImportance Command { get; }

    /// <param name="text"><c>quiet</c>, <c>normal</c>, <c>detailed</c>, or empty for normal.</param>
    /// <exception cref="BuildFailureException">Anything else.</exception>
    public static EngineVerbosity Of(string text) => text.Trim().ToLowerInvariant() switch
    {
        "" or "normal" => new EngineVerbosity(MessageImportance.High, MessageImportance.Low),
        "quiet" => new EngineVerbosity(MessageImportance.Low, MessageImportance.Low),
        "detailed" => new EngineVerbosity(MessageImportance.High, MessageImportance.High),
        _ => throw new BuildFailureException(BuildDiagnostics.VerbosityUnknown, $"MoEQuantVerbosity is \"{text}\"."),
    };
}
