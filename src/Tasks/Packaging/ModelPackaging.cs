using System;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Packaging;

/// <summary>Decides whether a packed model goes into the assembly or beside the app.</summary>
/// <remarks>
/// The decision is needed before anything is packed, because resources get their names early in a build and also in builds that never pack. So Auto looks at what is
/// known then, the size of the checkpoint's weights, and never changes its mind with a quantization option.
/// </remarks>
internal sealed class ModelPackaging
{
    public const string Embed = "Embed";
    public const string Sidecar = "Sidecar";
    public const string Auto = "Auto";

    /// <summary>
    /// Weight files that Auto embeds, in bytes, all models of a project together. Packed to 4 bits with compensators they stay below 1.6 GB: within the limits of an assembly,
    /// a single file and a native image (about 2.1 GB), with room for the app.
    /// </summary>
    public const long LargestEmbedded = 4_000_000_000;

    private readonly string _projectDefault;
    private long _embedded;

    /// <param name="projectDefault">What holds for models that say nothing; empty for Auto.</param>
    public ModelPackaging(string projectDefault)
    {
        _projectDefault = projectDefault;
    }

    /// <summary>Decides about the next model; the order of the project counts.</summary>
    /// <param name="requested">The item's metadata; may be empty.</param>
    /// <param name="model">The item, for the message.</param>
    /// <param name="weightBytes">The total length of the checkpoint's weight files.</param>
    /// <returns><see cref="Embed"/> or <see cref="Sidecar"/>.</returns>
    /// <exception cref="BuildFailureException">Another word is requested.</exception>
    public string Decide(string requested, string model, long weightBytes)
    {
        string word = First(requested, _projectDefault, Auto);
        bool embed = Is(word, Embed) || (Is(word, Auto) && _embedded + weightBytes <= LargestEmbedded);
        if (!embed && !Is(word, Sidecar) && !Is(word, Auto))
            throw new BuildFailureException(BuildDiagnostics.PackagingUnknown, $"\"{model}\": Packaging is \"{word}\".");
        if (embed)
            _embedded += weightBytes;
        return embed ? Embed : Sidecar;
    }

    private static bool Is(string word, string name) => string.Equals(word, name, StringComparison.OrdinalIgnoreCase);

    private static string First(params string[] words) => Array.Find(words, word => !string.IsNullOrWhiteSpace(word))!.Trim();
}
