using System;
using System.IO;
using Microsoft.Build.Utilities;

namespace MoEQuant.Build.Tasks.Diagnostics;

/// <summary>Turns failures into coded MSBuild events that point at the consumer's project file.</summary>
internal static class FailureLogging
{
    public static void LogFailure(this TaskLoggingHelper log, string projectFile, BuildFailureException failure) =>
        log.LogError(null, failure.Descriptor.Code, null, projectFile, 0, 0, 0, 0, "{0}", failure.Message);

    public static void LogAdvice(this TaskLoggingHelper log, string projectFile, DiagnosticDescriptor descriptor, string found) =>
        log.LogWarning(null, descriptor.Code, null, projectFile, 0, 0, 0, 0, "{0}", found + " " + descriptor.Remedy);

    /// <summary>Runs <paramref name="work"/>; an expected failure, including one of the file system, is logged once.</summary>
    /// <returns>What <paramref name="work"/> returned, or false after a failure.</returns>
    public static bool Guard(this TaskLoggingHelper log, string projectFile, Func<bool> work)
    {
        try
        {
            return work();
        }
        catch (BuildFailureException failure)
        {
            log.LogFailure(projectFile, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.LogFailure(projectFile, new BuildFailureException(BuildDiagnostics.FileNotAccessible, failure.Message, failure));
        }

        return false;
    }
}
