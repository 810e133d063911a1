using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;

namespace MoEQuant.Build.Tasks.Models;

/// <summary>The options of one model exactly as the project wrote them. The engine alone judges values, so that there is one authority and one message.</summary>
internal sealed class QuantizationOptions
{
    /// <summary>All options in the order in which README.md lists them and switches are written.</summary>
    public static readonly IReadOnlyList<ModelOption> Known =
    [
        new(ModelMetadata.Name, "--name"),
        new(ModelMetadata.Scheme, "--scheme"),
        new(ModelMetadata.GroupSize, "--group-size"),
        new(ModelMetadata.ActivationGroupSize, "--activation-group"),
        new(ModelMetadata.ActivationClip, "--activation-clip"),
        new(ModelMetadata.Symmetric, "--symmetric"),
        new(ModelMetadata.Rounding, "--rounding"),
        new(ModelMetadata.TargetBitsPerWeight, "--target-bits"),
        new(ModelMetadata.TargetSize, "--target-size"),
        new(ModelMetadata.RankPolicy, "--rank-policy"),
        new(ModelMetadata.DenseRank, "--dense-rank"),
        new(ModelMetadata.SparseRank, "--sparse-rank"),
        new(ModelMetadata.CompensatorBits, "--compensator-bits"),
        new(ModelMetadata.RouterBits, "--router-bits"),
        new(ModelMetadata.StatisticsFile, "--statistics", isFiles: true),
        new(ModelMetadata.Calibration, "--calibration"),
        new(ModelMetadata.CalibrationFiles, "--calibration", isFiles: true),
        new(ModelMetadata.CalibrationTokens, "--calibration-tokens"),
        new(ModelMetadata.CalibrationSeed, "--seed"),
        new(ModelMetadata.BalanceRatio, "--balance"),
        new(ModelMetadata.MinExpertTokens, "--min-expert-tokens"),
        new(ModelMetadata.ExpertShortage, "--expert-shortage"),
        new(ModelMetadata.Smoothing, "--smoothing"),
        new(ModelMetadata.RouterAlignment, "--router-alignment"),
        new(ModelMetadata.Rotation, "--rotation"),
        new(ModelMetadata.Device, "--device"),
        new(ModelMetadata.EvaluationFiles, "--evaluate", isFiles: true),
        new(ModelMetadata.EvaluationWindows, "--evaluate-windows"),
        new(ModelMetadata.MaxPerplexityIncrease, "--max-perplexity-increase"),
        new(ModelMetadata.MaxKlDivergence, "--max-kl-divergence"),
        new(ModelMetadata.MinRouterAgreement, "--min-router-agreement"),
    ];

    private readonly List<KeyValuePair<string, string>> _values = [];

    /// <summary>Takes the options from an item's metadata; empty metadata means the engine's default.</summary>
    /// <param name="item">The item.</param>
    /// <param name="namesOnly">Whether files are given by their names without folders, for a text that must be the same wherever the project lies.</param>
    public static QuantizationOptions FromItem(ITaskItem item, bool namesOnly = false)
    {
        var options = new QuantizationOptions();
        foreach (ModelOption option in Known)
        {
            string value = item.GetMetadata(option.Metadata);
            foreach (string part in option.IsFiles ? SplitFiles(value) : [value])
                options.Add(option.Switch, option.IsFiles && namesOnly ? Path.GetFileName(part) : part);
        }

        return options;
    }

    /// <summary>The files that an item's options name, with the texts a model is judged on among them.</summary>
    public static IEnumerable<string> FilesOf(ITaskItem item) => Known.Where(option => option.IsFiles).SelectMany(option => SplitFiles(item.GetMetadata(option.Metadata)));

    /// <summary>The files of a list, without empty entries.</summary>
    public static IEnumerable<string> SplitFiles(string list) => list.Split(';').Select(file => file.Trim()).Where(file => file.Length > 0);

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
