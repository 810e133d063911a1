using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class OptionErrorTests
{
    [TestMethod]
    [DataRow("MOEQ2001", "nonsense", "nonsense")]
    [DataRow("MOEQ2001", "--colour", "quantize folder --output o --colour red")]
    [DataRow("MOEQ2001", "CHECKPOINT", "quantize --output o")]
    [DataRow("MOEQ2001", "--scheme", "quantize folder --output o --scheme")]
    [DataRow("MOEQ2001", "--scheme", "quantize folder --output o --scheme W3A16 --scheme W4A16")]
    [DataRow("MOEQ2001", "second", "inspect first second")]
    [DataRow("MOEQ2002", "--output", "quantize folder")]
    [DataRow("MOEQ2003", "W5A16", "quantize folder --output o --scheme W5A16")]
    [DataRow("MOEQ2003", "W3A16, W4A16", "quantize folder --output o --scheme int3")]
    [DataRow("MOEQ2003", "W4A4", "quantize folder --output o --scheme W4A5")]
    [DataRow("MOEQ2004", "48", "quantize folder --output o --group-size 48")]
    [DataRow("MOEQ2004", "32, 64, 128", "quantize folder --output o --group-size many")]
    [DataRow("MOEQ2005", "-1", "quantize folder --output o --dense-rank -1")]
    [DataRow("MOEQ2005", "4097", "quantize folder --output o --sparse-rank 4097")]
    [DataRow("MOEQ2005", "8.5", "quantize folder --output o --sparse-rank 8.5")]
    [DataRow("MOEQ2006", "4", "quantize folder --output o --compensator-bits 4")]
    [DataRow("MOEQ2007", "0", "quantize folder --output o --threads 0")]
    [DataRow("MOEQ2007", "99999999999999999999", "quantize folder --output o --threads 99999999999999999999")]
    [DataRow("MOEQ2009", "xml", "quantize folder --output o --log xml")]
    [DataRow("MOEQ2010", ".safetensors", "quantize folder --output model.safetensors")]
    [DataRow("MOEQ2010", "folder", "quantize folder --output .")]
    [DataRow("MOEQ2011", "0", "run model --prompt a --max-tokens 0")]
    [DataRow("MOEQ2012", "-0.5", "run model --prompt a --temperature -0.5")]
    [DataRow("MOEQ2012", "NaN", "run model --prompt a --temperature NaN")]
    [DataRow("MOEQ2012", "0,7", "run model --prompt a --temperature 0,7")]
    [DataRow("MOEQ2013", "-3", "run model --prompt a --seed -3")]
    [DataRow("MOEQ2014", "x", "run model --prompt a --top-k x")]
    [DataRow("MOEQ2015", "above 0 to 1", "run model --prompt a --top-p 0")]
    [DataRow("MOEQ2015", "1.01", "run model --prompt a --top-p 1.01")]
    [DataRow("MOEQ2016", "2", "run model --prompt a --min-p 2")]
    [DataRow("MOEQ2017", "0", "run model --prompt a --repetition-penalty 0")]
    [DataRow("MOEQ2018", "--prompt", "run model")]
    [DataRow("MOEQ2019", "--text", "eval model")]
    [DataRow("MOEQ2020", "1", "eval model --text t --context 1")]
    [DataRow("MOEQ2021", "0", "eval model --text t --windows 0")]
    [DataRow("MOEQ2007", "1025", "eval model --text t --threads 1025")]
    [DataRow("MOEQ2022", "no-such-model", "inspect no-such-model")]
    [DataRow("MOEQ2022", "no-such-model", "run no-such-model --prompt a")]
    [DataRow("MOEQ2022", "no-such-model", "eval no-such-model --text t")]
    [DataRow("MOEQ2022", "no-such-model", "bench no-such-model")]
    [DataRow("MOEQ2024", "0", "bench model --prompt 0")]
    [DataRow("MOEQ2024", "many", "bench model --generate many")]
    [DataRow("MOEQ2025", "olmoe, mixtral, deepseek-moe, qwen3-30b-a3b", "bench --shape gpt2")]
    [DataRow("MOEQ2026", "1025", "bench --shape olmoe --layers 1025")]
    [DataRow("MOEQ2027", "0", "bench --shape olmoe --repetitions 0")]
    [DataRow("MOEQ2028", "neither MODEL nor --shape", "bench")]
    [DataRow("MOEQ2028", "--shape olmoe", "bench model --shape olmoe")]
    [DataRow("MOEQ2003", "W5A16", "bench --shape olmoe --scheme W5A16")]
    [DataRow("MOEQ2073", "float32, bfloat16", "eval model --text t --key-values float16")]
    [DataRow("MOEQ2073", "fp8", "bench model --key-values fp8")]
    [DataRow("MOEQ2091", "managed, torch-cpu, torch-cuda", "quantize folder --output o --device gpu")]
    [DataRow("MOEQ2092", "this engine has managed only", "quantize folder --output o --device Torch-CUDA")]
    [DataRow("MOEQ2030", "gptq", "quantize folder --output o --rounding gptq")]
    [DataRow("MOEQ2031", "uniform, kurtosis, frequency, budget", "quantize folder --output o --rank-policy greedy")]
    [DataRow("MOEQ2031", "'1'", "quantize folder --output o --rank-policy 1")]
    [DataRow("MOEQ2032", "1.9", "quantize folder --output o --target-bits 1.9")]
    [DataRow("MOEQ2032", "NaN", "quantize folder --output o --target-bits NaN")]
    [DataRow("MOEQ2033", "5 XB", "quantize folder --output o --target-size 5#XB")]
    [DataRow("MOEQ2033", "-5MB", "quantize folder --output o --target-size -5MB")]
    [DataRow("MOEQ2033", "0", "quantize folder --output o --target-size 0")]
    [DataRow("MOEQ2034", "--target-bits 4 and --target-size 1MB", "quantize folder --output o --target-bits 4 --target-size 1MB")]
    [DataRow("MOEQ2034", "--target-bits 4 and --rank-policy uniform", "quantize folder --output o --target-bits 4 --rank-policy uniform")]
    [DataRow("MOEQ2035", "3", "quantize folder --output o --router-bits 3")]
    [DataRow("MOEQ2070", "0, 32, 64, 128", "quantize folder --output o --activation-group 16")]
    [DataRow("MOEQ2080", "maybe", "quantize folder --output o --smoothing maybe")]
    [DataRow("MOEQ2081", "maybe", "quantize folder --output o --router-alignment maybe")]
    [DataRow("MOEQ2082", "twice", "quantize folder --output o --rotation twice")]
    [DataRow("MOEQ2071", "1 to 100", "quantize folder --output o --activation-clip 0")]
    [DataRow("MOEQ2072", "exact, int8", "eval model --text t --activations int4")]
    [DataRow("MOEQ2037", "0 of 0", "cache . --remove abc")]
    [DataRow("MOEQ2038", "'self'", "quantize folder --output o --calibration a.txt --calibration self")]
    [DataRow("MOEQ2039", "0", "quantize folder --output o --calibration self --calibration-tokens 0")]
    [DataRow("MOEQ2040", "-1", "quantize folder --output o --calibration self --balance -1")]
    [DataRow("MOEQ2041", "x", "quantize folder --output o --min-expert-tokens x")]
    [DataRow("MOEQ2042", "warn, fail", "quantize folder --output o --expert-shortage stop")]
    [DataRow("MOEQ2013", "-1", "quantize folder --output o --seed -1")]
    [DataRow("MOEQ2043", "no --calibration", "quantize folder --output o --rounding feedback")]
    [DataRow("MOEQ2044", "'0/3'", "quantize folder --output o --part 0/3")]
    [DataRow("MOEQ2044", "'4/3'", "quantize folder --output o --part 4/3")]
    [DataRow("MOEQ2044", "'0/0'", "quantize folder --output o --part 0/0")]
    [DataRow("MOEQ2044", "'3'", "quantize folder --output o --part 3")]
    [DataRow("MOEQ2044", "'1/2/3'", "quantize folder --output o --part 1/2/3")]
    [DataRow("MOEQ2044", "'-1/2'", "quantize folder --output o --part -1/2")]
    [DataRow("MOEQ2044", "'1/ 2'", "quantize folder --output o --part 1/#2")]
    [DataRow("MOEQ2044", "'1/99999999999'", "quantize folder --output o --part 1/99999999999")]
    [DataRow("MOEQ2001", "FILE", "merge --output o")]
    [DataRow("MOEQ2002", "--output", "merge a.part")]
    [DataRow("MOEQ2023", "no-such-folder", "quantize no-such-folder --output o")]
    public void Run_BadOption_HasItsCodeSaysWhatWasFoundAndExitsWith2(string code, string found, string commandLine)
    {
        string[] arguments = [.. commandLine.Split(' ').Select(word => word.Replace('#', ' '))];
        CommandRun people = CommandRun.Execute(arguments);
        Assert.AreEqual(ExitCode.Usage, people.ExitCode);
        Assert.StartsWith($"error {code}: ", people.Error);
        Assert.Contains(found, people.Error);
        Assert.AreEqual("", people.Output);
        if (commandLine.Contains("--log"))
            return;

        CommandRun build = CommandRun.Execute([.. arguments, "--log", "msbuild"]);
        Assert.AreEqual(ExitCode.Usage, build.ExitCode);
        Assert.MatchesRegex($"^[^\n]+ : error {code}: [^\n]+\n$", build.Output);
        Assert.AreEqual("", build.Error);
    }

    [TestMethod]
    public void Run_EmptyPromptAndName_AreCoded()
    {
        Assert.Contains("MOEQ2018", CommandRun.Execute("run", "model", "--prompt", "").Error);
        Assert.Contains("MOEQ2008", CommandRun.Execute("quantize", "folder", "--output", "o", "--name", " ").Error);
        Assert.Contains("MOEQ2008", CommandRun.Execute("quantize", "folder", "--output", "o", "--name", "a\tb").Error);
        Assert.Contains("MOEQ2008", CommandRun.Execute("quantize", "folder", "--output", "o", "--name", new string('x', 201)).Error);
    }

    [TestMethod]
    public void Run_MissingResponseFile_IsCoded()
    {
        CommandRun run = CommandRun.Execute("@no-such-file.rsp");
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.Contains("MOEQ2001", run.Error);
        Assert.Contains("no-such-file.rsp", run.Error);
    }
}
