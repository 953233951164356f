Console.Error.WriteLine("varve: no command yet");
return 1;
