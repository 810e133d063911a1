using System.Text.RegularExpressions;

namespace MoEQuant.Repository.Tests;

/// <summary>The codes in the assemblies against docs/diagnostics.md.</summary>
[TestClass]
public sealed partial class DiagnosticsTests
{
    private static readonly string Page = Path.Combine(RepositoryPaths.Root, "docs", "diagnostics.md");

    [TestMethod]
    public void Codes_AllHouses_AreUniqueAndInTheirRange()
    {
        List<Diagnostic> all = [];
        foreach (House house in House.Existing)
        {
            foreach (Diagnostic diagnostic in Diagnostic.DeclaredIn(house))
            {
                int number = int.Parse(CodeNumber().Match(diagnostic.Code).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
                Assert.IsTrue(house.Codes.Any(range => number >= range.First && number <= range.Last), $"{diagnostic.Code} is not in a range of {house.Name}.");
                all.Add(diagnostic);
            }
        }

        Assert.HasCount(all.Count, all.Select(diagnostic => diagnostic.Code).Distinct());
        foreach (int thousand in (int[])[1, 2, 4, 5])
            Assert.IsTrue(all.Any(diagnostic => diagnostic.Code.StartsWith($"MOEQ{thousand}", StringComparison.Ordinal)), $"No code of the {thousand}000s was found: the search is broken.");
    }

    [TestMethod]
    public void Page_EveryCode_StandsOnceWithTitleAndRemedy()
    {
        string[] declared = [.. House.Existing.SelectMany(Diagnostic.DeclaredIn).Select(diagnostic => diagnostic.Row).Order(StringComparer.Ordinal)];
        string[] documented = [.. File.ReadAllLines(Page).Where(line => line.StartsWith("| MOEQ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

        string missing = string.Join('\n', declared.Except(documented));
        string surplus = string.Join('\n', documented.Except(declared));
        Assert.AreEqual("", missing, "Rows that docs/diagnostics.md must have.");
        Assert.AreEqual("", surplus, "Rows of docs/diagnostics.md that no code stands behind.");
        Assert.HasCount(declared.Length, documented, "A row stands twice.");
    }

    [TestMethod]
    public void Titles_AllCodes_AreShortAndRemediesAreSentences()
    {
        foreach (Diagnostic diagnostic in House.Existing.SelectMany(Diagnostic.DeclaredIn))
        {
            Assert.IsLessThanOrEqualTo(80, diagnostic.Title.Length, diagnostic.Code);
            Assert.IsFalse(diagnostic.Title.EndsWith('.'), $"{diagnostic.Code}: {diagnostic.Title}");
            Assert.IsTrue(diagnostic.Remedy.EndsWith('.'), $"{diagnostic.Code}: {diagnostic.Remedy}");
        }
    }

    [GeneratedRegex(@"^MOEQ(\d{4})$")]
    private static partial Regex CodeNumber();
}
