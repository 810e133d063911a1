namespace MoEQuant.Build.Tasks.Models;

/// <summary>An option of a model: metadata of the item in the project, a switch of the engine.</summary>
internal sealed class ModelOption
{
    public ModelOption(string metadata, string @switch, bool isFiles = false)
    {
        Metadata = metadata;
        Switch = @switch;
        IsFiles = isFiles;
    }

    /// <summary>The metadata's name.</summary>
    public string Metadata { get; }

    /// <summary>The engine's switch, with its dashes.</summary>
    public string Switch { get; }

    /// <summary>Whether the value is a list of files, separated by semicolons: the switch is given once per file, and a file that changes makes the model out of date.</summary>
    public bool IsFiles { get; }
}
