using System.Globalization;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>All parts of one run, each there once and whole.</summary>
internal sealed class PartSet : IDisposable
{
    private readonly IReadOnlyList<PartFile> _files;

    private PartSet(IReadOnlyList<PartFile> files) => _files = files;

    /// <summary>The options that the parts were made with, without what has no influence on the packed file.</summary>
    public QuantizationOptions Options => _files[0].Head.Options;

    /// <summary>The parts by number.</summary>
    public IReadOnlyList<PartFile> Files => _files;

    /// <summary>Opens the parts in any order and checks them, reading each once.</summary>
    /// <param name="paths">The files; at least one.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="MoEQuantException">MOEQ3087–3092: a file is unreadable, no part, damaged, of another run or given twice, or one is missing.</exception>
    public static PartSet Open(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        List<PartFile> files = [];
        List<MoEQuantException> failures = [];
        try
        {
            foreach (string path in paths)
            {
                try
                {
                    files.Add(PartFile.Open(path, cancellationToken));
                }
                catch (MoEQuantException failure)
                {
                    // Whoever has to make three parts again wants to know of all three.
                    failures.Add(failure);
                }
            }

            Require(files, failures);
            return new([.. files.OrderBy(file => file.Head.Number)]);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (PartFile file in _files)
            file.Dispose();
    }

    private static void Require(List<PartFile> files, List<MoEQuantException> failures)
    {
        if (failures.Count > 0)
            throw new MoEQuantException(failures[0].Descriptor, string.Join(' ', [failures[0].Found, .. failures.Skip(1).Select(failure => $"{failure.Path}: {failure.Found}"), .. Lacking(files)]), failures[0].Path, failures[0]);
        foreach (PartFile file in files)
        {
            if (file.Head.Tool != ToolVersion.Current)
                throw new MoEQuantException(PartDiagnostics.PartsDiffer, $"{Title(file)} was made by moequant {file.Head.Tool}; this is {ToolVersion.Current}.", file.Path);
            if (Difference(files[0].Head, file.Head) is { } difference)
                throw new MoEQuantException(PartDiagnostics.PartsDiffer, $"{Title(file)} and {files[0].Head.Title} in {files[0].Path} differ in {difference}.", file.Path);
        }

        if (files.GroupBy(file => file.Head.Number).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new MoEQuantException(PartDiagnostics.PartTwice, $"{Title(twice.First())} is also in {string.Join(" and in ", twice.Skip(1).Select(file => file.Path))}.", twice.First().Path);
        if (Lacking(files).FirstOrDefault() is { } lacking)
            throw new MoEQuantException(PartDiagnostics.PartMissing, lacking);
    }

    private static string Title(PartFile file) => "P" + file.Head.Title[1..];

    /// <summary>In what the runs of two parts differ; null where they are one.</summary>
    private static string? Difference(PartHead one, PartHead other)
    {
        if (one.Count != other.Count)
            return string.Create(CultureInfo.InvariantCulture, $"the number of parts: {other.Count} and {one.Count}");
        if (one.Options.Name != other.Options.Name)
            return $"the model's name: {DiagnosticText.Quote(other.Options.Name)} and {DiagnosticText.Quote(one.Options.Name)}";
        if (one.Fingerprint == other.Fingerprint)
            return null;
        return QuantizationRecord.WriteOptions(one.Options) != QuantizationRecord.WriteOptions(other.Options)
            ? "the options"
            : "the checkpoint's files, the build of the tool, or an option that is in no record";
    }

    /// <summary>What is missing, as a sentence; nothing where nothing is.</summary>
    private static IEnumerable<string> Lacking(List<PartFile> files)
    {
        if (files.Count == 0)
            yield break;
        int count = files[0].Head.Count;
        string[] numbers = [.. Enumerable.Range(1, count).Except(files.Select(file => file.Head.Number)).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        if (numbers.Length > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"Of {count} parts {(numbers.Length == 1 ? "number" : "numbers")} {string.Join(", ", numbers)} {(numbers.Length == 1 ? "is" : "are")} missing.");
    }
}
