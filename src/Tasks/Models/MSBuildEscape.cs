using System.Globalization;
using System.Text;
using Microsoft.Build.Utilities;

namespace MoEQuant.Build.Tasks.Models;

/// <summary>Item specifications and metadata that tasks hand back are read by MSBuild as escaped text; a folder named <c>a;b</c> or <c>100%25</c> must survive that.</summary>
internal static class MSBuildEscape
{
    public static TaskItem Item(string path) => new(Text(path));

    public static string Text(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (char character in value)
        {
            if ("%*?@$();'".IndexOf(character) >= 0)
                escaped.Append('%').Append(((int)character).ToString("x2", CultureInfo.InvariantCulture));
            else
                escaped.Append(character);
        }

        return escaped.ToString();
    }
}
