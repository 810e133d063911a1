using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Generation;

/// <summary>What a checkpoint says about generation: <c>generation_config.json</c>, and <c>config.json</c> where that is silent.</summary>
/// <param name="EndOfTextTokens">The tokens that end a text; may be empty.</param>
public sealed record GenerationDefaults(IReadOnlyList<int> EndOfTextTokens)
{
    /// <summary>Nothing ends a text.</summary>
    public static GenerationDefaults None { get; } = new([]);

    /// <summary>Reads both files.</summary>
    /// <param name="configJson">The content of <c>config.json</c>.</param>
    /// <param name="generationConfigJson">The content of <c>generation_config.json</c>; empty when there is none.</param>
    /// <param name="path">For messages; or null.</param>
    /// <exception cref="MoEQuantException">A file is damaged.</exception>
    public static GenerationDefaults Parse(ReadOnlySpan<byte> configJson, ReadOnlySpan<byte> generationConfigJson, string? path = null)
    {
        if (!generationConfigJson.IsEmpty && ReadGenerationConfig(generationConfigJson, path) is { Count: > 0 } tokens)
            return new GenerationDefaults(tokens);
        using var config = ConfigReader.Open(configJson, path);
        return new GenerationDefaults(config.Ints("eos_token_id"));
    }

    private static IReadOnlyList<int> ReadGenerationConfig(ReadOnlySpan<byte> json, string? path)
    {
        try
        {
            using var reader = ConfigReader.Open(json, path);
            return reader.Ints("eos_token_id");
        }
        catch (MoEQuantException e)
        {
            throw new MoEQuantException(ModelDiagnostics.GenerationConfigInvalid, e.Found, path, e);
        }
    }
}
