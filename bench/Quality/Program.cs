using System.CommandLine;
using MoEQuant.Quality.Ablation;
using MoEQuant.Quality.Ladder;

RootCommand root = new("Measures how much quality the compression costs, and prints tables.");
root.Subcommands.Add(LadderCommand.Create());
root.Subcommands.Add(AblationCommand.Create());
return root.Parse(args).Invoke();
