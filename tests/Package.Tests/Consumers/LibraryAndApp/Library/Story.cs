using System.Text;
using MoEQuant.Runtime.Generation;

namespace Library;

public static class Story
{
    public static async Task<string> TellAsync()
    {
        using var model = MoEModels.LoadTinyOlmoe();
        StringBuilder text = new();
        await foreach (GeneratedToken token in model.GenerateAsync("Once upon a time", new GenerationOptions { MaxTokens = 16, Temperature = 0.8f, Seed = 7 }))
            text.Append(token.Text);
        return text.ToString();
    }
}
