using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace MoEQuant.FakeEngine;

/// <summary>One run of the stand-in engine.</summary>
internal sealed class FakeRun(string checkpoint, string output, IReadOnlyDictionary<string, string> options)
{
    /// <summary>Environment variable: file to which each run appends one JSON line.</summary>
    private const string LogVariable = "MOEQUANT_FAKE_LOG";

    /// <summary>Environment variable: <c>fail</c>, <c>crash</c>, <c>hang</c>, <c>huge</c>, <c>wait</c> (for a file "go" in the checkpoint), or empty for an ordinary run.</summary>
    private const string ModeVariable = "MOEQUANT_FAKE_MODE";

    public int Execute()
    {
        Append(new { pid = Environment.ProcessId, checkpoint, output, options });
        string mode = Environment.GetEnvironmentVariable(ModeVariable) ?? "";
        Console.WriteLine($"moequant: quantizing {options.GetValueOrDefault("--name")}: layer 1 of 2");
        switch (mode)
        {
            case "fail":
                Console.WriteLine($"{Path.Combine(checkpoint, "model.safetensors")} : error MOEQ1004: The header ends after byte 12.");
                return 1;
            case "crash":
                throw new InvalidOperationException("The engine has a bug.");
        }

        string temporary = $"{output}.{Environment.ProcessId}.tmp";
        using (FileStream stream = File.Create(temporary))
        {
            stream.Write(Encoding.UTF8.GetBytes($"fake {string.Join(' ', options.Where(option => option.Key is not ("--report" or "--cache")).Select(option => $"{option.Key}={option.Value}"))}"));
            stream.Flush();
            if (mode == "hang")
                HangWithChild();
            while (mode == "wait" && !File.Exists(Path.Combine(checkpoint, "go")))
                Thread.Sleep(20);
            if (mode == "huge")
                stream.SetLength(2_200_000_000);
        }

        File.Move(temporary, output, overwrite: true);
        if (options.TryGetValue("--report", out string? report))
            foreach (string file in (string[])[report, Path.ChangeExtension(report, ".json")])
                File.WriteAllText(file, "report");
        return 0;
    }

    // A process of its own below the engine, to prove that the whole tree is ended.
    private static void HangWithChild()
    {
        using Process child = Process.Start(Environment.ProcessPath!, [typeof(FakeRun).Assembly.Location, "hang"]);
        Append(new { pid = child.Id });
        Console.WriteLine("moequant: hanging");
        Thread.Sleep(Timeout.Infinite);
    }

    private static void Append(object entry)
    {
        if (Environment.GetEnvironmentVariable(LogVariable) is not { Length: > 0 } path)
            return;
        string line = JsonSerializer.Serialize(entry) + "\n";
        using FileStream log = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        log.Write(Encoding.UTF8.GetBytes(line));
    }
}
