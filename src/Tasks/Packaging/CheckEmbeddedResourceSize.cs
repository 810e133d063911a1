using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Packaging;

/// <summary>Refuses resources that one assembly cannot hold. The C# compiler would crash without a diagnostic and leave an empty assembly.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckEmbeddedResourceSize : Task
{
    /// <summary>The sum of all resources of an assembly that the compiler handled in measurements, in bytes; the true limit lies just above.</summary>
    internal const long MaximumTotalBytes = 2_147_400_000;

    /// <summary>All files that the compiler embeds.</summary>
    [Required]
    public ITaskItem[] Resources { get; set; } = [];

    /// <summary>The project file, absolute; messages point at it.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, () =>
    {
        var files = Resources.Select(resource => new FileInfo(Path.Combine(Path.GetDirectoryName(ProjectFile)!, resource.ItemSpec))).Where(file => file.Exists).ToList();
        long total = files.Sum(file => file.Length);
        if (total <= MaximumTotalBytes)
            return true;
        FileInfo largest = files.OrderByDescending(file => file.Length).First();
        throw new BuildFailureException(BuildDiagnostics.ResourcesTooLarge, string.Format(
            CultureInfo.InvariantCulture,
            "The embedded resources have {0:N0} bytes together, at most {1:N0} fit; the largest is {2} with {3:N0} bytes.",
            total, MaximumTotalBytes, largest.Name, largest.Length));
    });
}
