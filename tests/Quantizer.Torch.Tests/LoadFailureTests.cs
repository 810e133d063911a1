namespace MoEQuant.Quantizer.Torch.Tests;

/// <summary>Texts of the .NET runtime on Linux and Windows.</summary>
[TestClass]
public sealed class LoadFailureTests
{
    private const string Advice = "Unable to load shared library 'LibTorchSharp' or one of its dependencies. In order to help diagnose loading problems, consider using a tool like strace. If you're using glibc, consider setting the LD_DEBUG environment variable: \n";
    private const string Absent = "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n/app/libLibTorchSharp.so: cannot open shared object file: No such file or directory\n";

    [TestMethod]
    [DataRow("/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/runtimes/linux-x64/native/libLibTorchSharp.so)")]
    [DataRow("libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory")]
    public void Reason_LibraryThatIsThereAndDoesNotLoad_IsItsOwn(string line) => Assert.AreEqual(line + ".", LoadFailure.Reason($"{Advice}{Absent}{line}\nLibTorchSharp: cannot open shared object file: No such file or directory\n", "LibTorchSharp"));

    [TestMethod]
    public void Reason_NothingIsThere_IsTheFirstSentence() => Assert.AreEqual("Unable to load shared library 'LibTorchSharp' or one of its dependencies.", LoadFailure.Reason(Advice + Absent, "LibTorchSharp"));

    [TestMethod]
    public void Reason_OneLine_IsTheFirstSentence() => Assert.AreEqual(
        "Unable to load DLL 'LibTorchSharp' or one of its dependencies: The specified module could not be found.",
        LoadFailure.Reason("Unable to load DLL 'LibTorchSharp' or one of its dependencies: The specified module could not be found. (0x8007007E)", "LibTorchSharp"));
}
