using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Packaging;

/// <summary>Refuses files that do not fit together into an assembly, a single file or a native image. The tools that make these fail without a message, or write a damaged file.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckTotalSize : Task
{
    /// <summary>All files that are put together; missing ones count nothing, the same file counts once.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>What is made of them: <c>Assembly</c>, <c>SingleFile</c> or <c>NativeImage</c>.</summary>
    [Required]
    public string Product { get; set; } = "";

    /// <summary>The project file, absolute; messages point at it.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, () =>
    {
        SizeLimit limit = SizeLimit.Of(Product);
        string folder = Path.GetDirectoryName(ProjectFile)!;
        List<FileInfo> files =
        [
            .. Files.Select(file => Path.GetFullPath(Path.Combine(folder, file.ItemSpec))).Distinct(StringComparer.Ordinal)
                .Select(path => new FileInfo(path)).Where(file => file.Exists),
        ];
        long total = files.Sum(file => file.Length);
        if (total <= limit.Bytes)
            return true;
        FileInfo largest = files.OrderByDescending(file => file.Length).First();
        throw new BuildFailureException(limit.Descriptor, string.Format(
            CultureInfo.InvariantCulture,
            "{0} have {1:N0} bytes together, at most {2:N0} fit; the largest is {3} with {4:N0} bytes.",
            limit.Subject, total, limit.Bytes, largest.Name, largest.Length));
    });
}
