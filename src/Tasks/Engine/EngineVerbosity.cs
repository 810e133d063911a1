using Microsoft.Build.Framework;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Engine;

/// <summary>What the property MoEQuantVerbosity means. The binary log has everything at each of them.</summary>
internal sealed class EngineVerbosity
{
    private EngineVerbosity(MessageImportance output, bool showsCommand)
    {
        Output = output;
        ShowsCommand = showsCommand;
    }

    /// <summary>The importance of the engine's progress. MSBuild shows High by default and Low only when asked for details.</summary>
    public MessageImportance Output { get; }

    /// <summary>Whether the console shows the command line and the arguments.</summary>
    public bool ShowsCommand { get; }

    /// <param name="text"><c>quiet</c>, <c>normal</c>, <c>detailed</c>, or empty for normal.</param>
    /// <exception cref="BuildFailureException">Anything else.</exception>
    public static EngineVerbosity Of(string text) => text.Trim().ToLowerInvariant() switch
    {
        "" or "normal" => new EngineVerbosity(MessageImportance.High, showsCommand: false),
        "quiet" => new EngineVerbosity(MessageImportance.Low, showsCommand: false),
        "detailed" => new EngineVerbosity(MessageImportance.High, showsCommand: true),
        _ => throw new BuildFailureException(BuildDiagnostics.VerbosityUnknown, $"MoEQuantVerbosity is \"{text}\"."),
    };
}
