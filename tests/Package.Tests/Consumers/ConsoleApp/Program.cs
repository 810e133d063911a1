using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;

try
{
    using var model = MoEModels.LoadTinyOlmoe();
    await foreach (GeneratedToken token in model.GenerateAsync("Once upon a time", new GenerationOptions { MaxTokens = 16, Temperature = 0.8f, Seed = 7 }))
        Console.Write(token.Text);
    Console.WriteLine();
    return 0;
}
catch (MoEQuantException failure)
{
    Console.WriteLine(failure.Message);
    return 1;
}
