using System.CommandLine;
using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Speed;
using MoEQuant.Speed.Kernels;
using MoEQuant.Speed.Models;
using MoEQuant.Speed.Peer;

Option<string[]> sections = new("--sections") { Description = "What to measure: gemv, gemm, models, peer. [default: all but peer]", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["gemv", "gemm", "models"] };
Option<string[]> shapes = new("--shapes") { Description = "Shapes of the models. [default: all]", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. ModelShape.All.Select(shape => shape.Name)] };
Option<int[]> threads = new("--threads") { Description = "Numbers of threads.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2] };
Option<int> turns = new("--turns") { Description = "How often the kernels take turns.", DefaultValueFactory = _ => 200 };
Option<int> layers = new("--layers") { Description = "Layers of the models.", DefaultValueFactory = _ => 4 };
Option<int> prompt = new("--prompt") { Description = "Tokens of the models' prompt.", DefaultValueFactory = _ => 512 };
Option<int> generate = new("--generate") { Description = "Tokens that the models write.", DefaultValueFactory = _ => 64 };
Option<int> repetitions = new("--repetitions") { Description = "How often a model reads and writes.", DefaultValueFactory = _ => 5 };
Option<FileInfo> peer = new("--peer") { Description = "An installed llama-bench, for the section peer." };
Option<bool> quietOnly = new("--quiet-only") { Description = "Do not measure beside a busy process." };
sections.AcceptOnlyFromAmong("gemv", "gemm", "models", "peer");
shapes.AcceptOnlyFromAmong([.. ModelShape.All.Select(shape => shape.Name)]);

RootCommand root = new("Measures kernels beside what the machine can do, and synthetic models; prints Markdown tables.") { sections, shapes, threads, turns, layers, prompt, generate, repetitions, quietOnly, peer };
root.SetAction(result =>
{
    string[] wanted = result.GetValue(sections)!;
    RunDescription.Write(Console.Out, args);
    foreach (int count in result.GetValue(threads)!)
    {
        if (wanted.Contains("gemv"))
            GemvSection.Run(count, result.GetValue(turns), Console.Out);
        if (wanted.Contains("gemm"))
            GemmSection.Run(count, result.GetValue(turns), Console.Out);
    }

    ModelSettings settings = new(
        result.GetValue(layers), new(result.GetValue(prompt), result.GetValue(generate), result.GetValue(repetitions)), result.GetValue(threads)!, !result.GetValue(quietOnly));
    if (wanted.Contains("peer"))
    {
        FileInfo program = result.GetValue(peer) ?? throw new ArgumentException("The section peer needs --peer with the path of a llama-bench.");
        PeerSection.Run(program.FullName, settings, Console.Out);
    }

    if (wanted.Contains("models"))
    {
        ModelSection.Run([.. ModelShape.All.Where(shape => result.GetValue(shapes)!.Contains(shape.Name))], settings, Console.Out);
    }
});

Command spin = new(BusyProcess.Command, "Keeps a core busy until it is killed.") { Hidden = true };
spin.SetAction(_ => BusyProcess.Spin());
root.Subcommands.Add(spin);
return root.Parse(args).Invoke();
