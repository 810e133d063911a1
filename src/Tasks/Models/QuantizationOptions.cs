using System.Collections.Generic;
using Microsoft.Build.Framework;

namespace MoEQuant.Build.Tasks.Models;

/// <summary>The options of one model exactly as the project wrote them. The engine alone judges values, so that there is one authority and one message.</summary>
internal sealed class QuantizationOptions
{
    /// <summary>Metadata name and the engine's switch, in the order in which they are written.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> Switches =
    [
        new(ModelMetadata.Name, "--name"),
        new(ModelMetadata.Scheme, "--scheme"),
        new(ModelMetadata.GroupSize, "--group-size"),
        new(ModelMetadata.DenseRank, "--dense-rank"),
        new(ModelMetadata.SparseRank, "--sparse-rank"),
        new(ModelMetadata.CompensatorBits, "--compensator-bits"),
    ];

    private readonly List<KeyValuePair<string, string>> _values = [];

    /// <summary>Takes the options from an item's metadata; empty metadata means the engine's default.</summary>
    public static QuantizationOptions FromItem(ITaskItem item)
    {
        var options = new QuantizationOptions();
        foreach (KeyValuePair<string, string> entry in Switches)
            options.Add(entry.Value, item.GetMetadata(entry.Key));
        return options;
    }

    /// <summary>Adds a switch unless its value is empty.</summary>
    public void Add(string name, string? value)
    {
        string trimmed = (value ?? "").Trim();
        if (trimmed.Length > 0)
            _values.Add(new KeyValuePair<string, string>(name, trimmed));
    }

    /// <summary>The switches that were set, each followed by its value.</summary>
    public IEnumerable<string> Arguments
    {
        get
        {
            foreach (KeyValuePair<string, string> entry in _values)
            {
                yield return entry.Key;
                yield return entry.Value;
            }
        }
    }
}
