using System.Diagnostics;
using System.Text;

namespace MoEQuant.TestSupport.Processes;

/// <summary>Runs programs for tests: both output streams collected, closed standard input, the whole process tree ended when time is up.</summary>
public sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The <c>dotnet</c> executable that runs this test.</summary>
    public static string DotNetHost { get; } = Path.GetFullPath(Path.Combine(
        System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>The operating system's process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Both streams as they came so far, line by line.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts a program and returns at once.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments; no quoting is needed.</param>
    /// <param name="workingDirectory">Its current directory.</param>
    /// <param name="environment">Variables to set, or with a null value to remove.</param>
    public static ChildProcess Start(
        string fileName, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ProcessStartInfo start = new(fileName, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new ChildProcess(start);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TimeoutException">It ran longer than <paramref name="timeout"/>; it is ended.</exception>
    public static ProcessResult Run(
        string fileName, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string?>? environment, TimeSpan timeout)
    {
        using ChildProcess child = Start(fileName, arguments, workingDirectory, environment);
        return child.WaitForExit(timeout);
    }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="TimeoutException">It ran longer than <paramref name="timeout"/> from now; it is ended.</exception>
    public ProcessResult WaitForExit(TimeSpan timeout)
    {
        if (!_process.WaitForExit(timeout))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} ran longer than {timeout}:\n{Output}");
        }

        // The overload without a time also waits for the streams. A grandchild that inherited them could keep them open, but then the test has found a leak.
        _process.WaitForExit();
        return new ProcessResult(_process.ExitCode, Output, _watch.Elapsed);
    }

    /// <summary>Ends the process tree if it still runs.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Append(line).Append('\n');
    }
}
