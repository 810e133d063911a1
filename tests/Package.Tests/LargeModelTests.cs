using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MoEQuant.Package.Tests.Consumer;

namespace MoEQuant.Package.Tests;

/// <summary>A packed model of 3 GB: more than an assembly, a single file or a native executable can hold.</summary>
[TestClass]
public sealed class LargeModelTests
{
    private const long HoleBytes = 1_500_000_000;

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Build_ThreeGigabytes_RunsAsSidecarAndIsRefusedAsResource()
    {
        using ConsumerFolder consumer = new("ConsoleApp");
        if (new DriveInfo(consumer.Folder).AvailableFreeSpace < 8_000_000_000)
            Assert.Inconclusive("Less than 8 GB are free on this disk.");
        // Links instead of copies: the file is a hole, and a copy would fill it.
        string[] sidecar = ["-p:MoEQuantPackaging=Sidecar", "-p:CreateHardLinksForAdditionalFilesIfPossible=true"];
        consumer.RunSuccessfully("build", sidecar);
        string text = consumer.RunProgram("bin", "Debug", "net10.0", "ConsoleApp.dll");

        Enlarge(consumer.PathOf("obj", "Debug", "net10.0", "moequant", "TinyOlmoe.moeq"));
        Assert.AreEqual(0, consumer.RunSuccessfully("build", ["--no-restore", .. sidecar]).CountTask("QuantizeMoEModel"), "A newer packed file is up to date.");

        Assert.IsGreaterThan(2 * HoleBytes, new FileInfo(consumer.PathOf("bin", "Debug", "net10.0", "ConsoleApp.TinyOlmoe.moeq")).Length);
        Assert.AreEqual(text, consumer.RunProgram("bin", "Debug", "net10.0", "ConsoleApp.dll"));

        BuildResult embedded = consumer.Run("build", "--no-restore", "-p:MoEQuantPackaging=Embed");
        Assert.StartsWith("MOEQ4011", embedded.Errors.Single());
        Assert.AreEqual(0, embedded.CountTask("Csc"));
    }

    // Two tensors more that nothing reads, at the end: a valid packed model in which all places stay as they were.
    private static void Enlarge(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int oldLength = (int)BinaryPrimitives.ReadInt64LittleEndian(content);
        long payload = content.Length - sizeof(long) - oldLength;
        StringBuilder header = new(Encoding.UTF8.GetString(content, sizeof(long), oldLength).TrimEnd().TrimEnd('}'));
        Assert.AreEqual(0, payload % 64);
        header.Append('}');
        for (int i = 0; i < 2; i++)
            header.Append(CultureInfo.InvariantCulture, $",\"synthetic.{i}\":{{\"dtype\":\"F32\",\"shape\":[1000,{HoleBytes / 4000}],\"data_offsets\":[{payload + i * HoleBytes},{payload + (i + 1) * HoleBytes}]}}");
        header.Append('}');
        byte[] text = Encoding.UTF8.GetBytes(header.ToString());
        int newLength = (text.Length + sizeof(long) + 63) / 64 * 64 - sizeof(long);

        using FileStream file = File.Create(path);
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, newLength);
        file.Write(prefix);
        file.Write(text);
        file.Write(Encoding.ASCII.GetBytes(new string(' ', newLength - text.Length)));
        file.Write(content, sizeof(long) + oldLength, (int)payload);
        file.SetLength(file.Position + 2 * HoleBytes);
    }
}
