using System.Text.RegularExpressions;
using MoEQuant.Build.Tasks.Models;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Tasks.Tests.Models;

/// <summary>README.md's table of metadata against the task's list and the engine's defaults.</summary>
[TestClass]
public sealed partial class ReadmeOptionsTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));

    [TestMethod]
    public void Table_Metadata_IsWhatTheTaskKnowsInItsOrder()
    {
        string section = Readme[Readme.IndexOf("### Metadata of MoEModel", StringComparison.Ordinal)..Readme.IndexOf("### Properties", StringComparison.Ordinal)];

        Assert.AreEqual(
            string.Join(' ', QuantizationOptions.Switches.Select(entry => entry.Key)),
            string.Join(' ', Row().Matches(section).Select(match => match.Groups[1].Value)));
    }

    [TestMethod]
    public async Task Table_Defaults_AreTheEngines()
    {
        using StringWriter output = new();
        await new Tool(new CliHost(output, output, Interactive: false)).RunAsync(["quantize", "--help"], CancellationToken.None);
        string help = output.ToString();
        Dictionary<string, string> rows = Row().Matches(Readme).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim('`'));

        foreach ((string metadata, string option) in QuantizationOptions.Switches.Append(new("MoEQuantThreads", "--threads")))
            Assert.MatchesRegex($@"{option} .*\[default: {Regex.Escape(rows[metadata])}\]", help);
    }

    [GeneratedRegex(@"^\| `(\w+)` \|.*\| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
