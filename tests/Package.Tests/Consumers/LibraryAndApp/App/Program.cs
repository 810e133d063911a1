try
{
    Console.WriteLine(await Library.Story.TellAsync());
    return 0;
}
catch (MoEQuant.Format.Diagnostics.MoEQuantException failure)
{
    Console.WriteLine(failure.Message);
    return 1;
}
