using System.Runtime.CompilerServices;

// Every type that crosses to DuckDB is blittable; nothing is marshalled behind our back.
[assembly: DisableRuntimeMarshalling]
