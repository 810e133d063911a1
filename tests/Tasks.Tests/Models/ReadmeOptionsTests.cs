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
            string.Join(' ', QuantizationOptions.Known.Select(option => option.Metadata)),
            string.Join(' ', Row().Matches(section).Select(match => match.Groups[1].Value)));
    }

    [TestMethod]
    public async Task Table_Defaults_AreTheEngines()
    {
        using StringWriter output = new();
        await new Tool(new CliHost(output, output, Interactive: false)).RunAsync(["quantize", "--help"], CancellationToken.None);
        string help = output.ToString();
        Dictionary<string, string> rows = Row().Matches(Readme).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim('`'));

        foreach (ModelOption option in QuantizationOptions.Known.Append(new("MoEQuantThreads", "--threads")))
        {
            string line = help.Split('\n').Single(line => line.TrimStart().StartsWith(option.Switch + " ", StringComparison.Ordinal));
            if (rows[option.Metadata] == "–")
                Assert.DoesNotContain("[default:", line);
            else
                Assert.Contains($"[default: {rows[option.Metadata]}]", line);
        }
    }

    [GeneratedRegex(@"^\| `(\w+)` \|.*\| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
