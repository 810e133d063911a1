namespace my_app._7b.Inner
{
    internal static class FromNamespacedCode
    {
        public static void Run()
        {
            using var model = MoEModels.LoadTinyOlmoe(new MoEQuant.Runtime.MoEModelOptions());
        }
    }
}
