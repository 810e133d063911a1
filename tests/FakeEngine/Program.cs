using System.CommandLine;
using MoEQuant.FakeEngine;

// Takes the place of `moequant quantize` in tests of the build step: the same command line, its arguments recorded, plausible bytes written, no arithmetic.
// What it does is chosen by environment variables, because the build step passes the engine nothing but its documented switches.
Argument<string> checkpoint = new("CHECKPOINT");
Option<string> output = new("--output") { Required = true };
Option<string[]>[] options =
[
    .. ((string[])[
        "--name", "--scheme", "--group-size", "--symmetric", "--rounding", "--target-bits", "--target-size", "--rank-policy", "--dense-rank", "--sparse-rank", "--compensator-bits", "--router-bits",
        "--statistics", "--activation-group", "--activation-clip", "--calibration", "--calibration-tokens", "--seed", "--balance", "--min-expert-tokens", "--expert-shortage", "--smoothing", "--router-alignment", "--rotation", "--device",
        "--evaluate", "--evaluate-windows", "--max-perplexity-increase", "--max-kl-divergence", "--min-router-agreement", "--report", "--cache", "--threads", "--log",
    ]).Select(name => new Option<string[]>(name)),
];
Command quantize = new("quantize") { checkpoint, output };
foreach (Option<string[]> option in options)
    quantize.Options.Add(option);
quantize.SetAction(parsed => new FakeRun(
    parsed.GetRequiredValue(checkpoint),
    parsed.GetRequiredValue(output),
    options.Where(option => parsed.GetResult(option) is not null).ToDictionary(option => option.Name, option => string.Join(';', parsed.GetRequiredValue(option)))).Execute());

// The child process of a run in the mode "hang".
Command hang = new("hang");
hang.SetAction(_ => Thread.Sleep(Timeout.Infinite));

return new RootCommand { quantize, hang }.Parse(args).Invoke();
