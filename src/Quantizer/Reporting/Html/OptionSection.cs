using System.Text.Json;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>How the model was made, option by option, as its record says.</summary>
internal static class OptionSection
{
    public static void Write(HtmlWriter html, JsonElement options) => Section.Write(html, "options", "How it was made", $"By moequant {ToolVersion.Current}, with these options.", () =>
        DataTable.Write(html, ["Option", "Value"], Flatten("", options).Select(pair => (IReadOnlyList<string>)[pair.Name, pair.Value])));

    private static IEnumerable<(string Name, string Value)> Flatten(string name, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Flatten(name.Length == 0 ? property.Name : $"{name}.{property.Name}", property.Value)),
        JsonValueKind.Array => [(name, string.Join(", ", element.EnumerateArray().Select(value => value.ToString())))],
        _ => [(name, element.ToString())],
    };
}
