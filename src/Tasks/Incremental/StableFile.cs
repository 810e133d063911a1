using System;
using System.IO;
using System.Text;

namespace MoEQuant.Build.Tasks.Incremental;

/// <summary>Small generated files whose timestamp is an input of later targets.</summary>
internal static class StableFile
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes <paramref name="content"/> unless the file holds it already. Readers see the old or the new file, never a part.</summary>
    /// <param name="path">The file, absolute; its folder is made if it is missing.</param>
    /// <param name="content">The whole content; written as UTF-8 without a byte order mark.</param>
    /// <returns>Whether the file was written.</returns>
    public static bool Write(string path, string content)
    {
        if (File.Exists(path) && File.ReadAllText(path, Encoding) == content)
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        try
        {
            File.WriteAllText(temporary, content, Encoding);
            Replace(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }

        return true;
    }

    private static void Replace(string temporary, string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                File.Move(temporary, path);
                return;
            }
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another build of the same project made it meanwhile; it is replaced below.
        }

        File.Replace(temporary, path, destinationBackupFileName: null);
    }
}
