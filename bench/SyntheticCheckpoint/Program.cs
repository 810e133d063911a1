using System.CommandLine;
using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.SyntheticCheckpoint;

Argument<string> folder = new("FOLDER") { Description = "Where the checkpoint is written; made where it is missing." };
Option<string> shape = new("--shape") { Description = "The model whose shape it has.", DefaultValueFactory = _ => "olmoe" };
Option<int?> layers = new("--layers") { Description = "Layers. [default: the model's]" };
Option<int> seed = new("--seed") { Description = "Chooses the weights.", DefaultValueFactory = _ => 1 };
shape.AcceptOnlyFromAmong([.. ModelShape.All.Select(known => known.Name)]);
RootCommand root = new("Writes a Hugging Face checkpoint of a published model's shape with random weights, for measuring time and memory.") { folder, shape, layers, seed };
root.SetAction(result =>
{
    ModelShape wanted = ModelShape.All.First(known => known.Name == result.GetValue(shape));
    string path = Directory.CreateDirectory(result.GetValue(folder)!).FullName;
    long bytes = CheckpointWriter.Write(path, wanted.Config(result.GetValue(layers) ?? wanted.LayerCount), result.GetValue(seed));
    Console.WriteLine($"{path}: {bytes} bytes of weights");
});
return root.Parse(args).Invoke();
