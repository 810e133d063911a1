Console.Error.WriteLine("moequant");
return 1;
