using MoEQuant.Build.Tasks.Models;

namespace MoEQuant.Tasks.Tests.Models;

[TestClass]
public sealed class MSBuildEscapeTests
{
    [TestMethod]
    [DataRow("/plain/path")]
    [DataRow("/a;b/100%25/*?/@(x)/$(y)/%(z)/it's")]
    public void Item_AnyPath_ComesBackUnchanged(string path)
    {
        Assert.AreEqual(path, MSBuildEscape.Item(path).ItemSpec);
    }
}
