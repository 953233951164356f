using Google.Protobuf.Reflection;

namespace Varve.Rpc.Reflection;

/// <summary>Where every name and every extension of some proto files, and of all that they import, is defined. Immutable, so thread-safe.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<FileDescriptor> roots)
    {
        foreach (FileDescriptor root in roots)
            AddWithImports(root);
    }

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    /// <summary>The file that defines a message, enum, enum value, field, oneof, service, method or extension of that full name.</summary>
    public FileDescriptor? FindSymbol(string fullName) => _symbols.GetValueOrDefault(fullName);

    public FileDescriptor? FindExtension(string extendedType, int number) => _extensions.GetValueOrDefault(extendedType)?.GetValueOrDefault(number);

    /// <summary>The numbers of all extensions of a type, ascending; null where no such type is known.</summary>
    public IReadOnlyCollection<int>? FindExtensionNumbers(string extendedType) =>
        _extensions.TryGetValue(extendedType, out SortedDictionary<int, FileDescriptor>? byNumber) ? byNumber.Keys
        : _symbols.ContainsKey(extendedType) ? []
        : null;

    /// <summary>A file and everything it imports, each once, imports first.</summary>
    public static IReadOnlyList<FileDescriptor> Closure(FileDescriptor file)
    {
        var closure = new List<FileDescriptor>();
        Visit(file);
        return closure;

        void Visit(FileDescriptor at)
        {
            if (closure.Contains(at))
                return;
            foreach (FileDescriptor import in at.Dependencies)
                Visit(import);
            closure.Add(at);
        }
    }

    private void AddWithImports(FileDescriptor root)
    {
        foreach (FileDescriptor file in Closure(root))
        {
            if (!_files.TryAdd(file.Name, file))
                continue;
            foreach (MessageDescriptor message in file.MessageTypes)
                AddMessage(message);
            foreach (EnumDescriptor @enum in file.EnumTypes)
                AddEnum(@enum);
            foreach (ServiceDescriptor service in file.Services)
                AddService(service);
            AddExtensions(file.Extensions, file);
        }
    }

    private void AddMessage(MessageDescriptor message)
    {
        AddSymbol(message);
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
            AddSymbol(field);
        foreach (OneofDescriptor oneof in message.Oneofs)
            AddSymbol(oneof);
        foreach (EnumDescriptor @enum in message.EnumTypes)
            AddEnum(@enum);
        foreach (MessageDescriptor nested in message.NestedTypes)
            AddMessage(nested);
        AddExtensions(message.Extensions, message.File);
    }

    private void AddEnum(EnumDescriptor @enum)
    {
        AddSymbol(@enum);
        foreach (EnumValueDescriptor value in @enum.Values)
            AddSymbol(value);
    }

    private void AddService(ServiceDescriptor service)
    {
        AddSymbol(service);
        foreach (MethodDescriptor method in service.Methods)
            AddSymbol(method);
    }

    private void AddExtensions(ExtensionCollection extensions, FileDescriptor file)
    {
        foreach (FieldDescriptor extension in extensions.UnorderedExtensions)
        {
            AddSymbol(extension);
            string extendedType = extension.ExtendeeType.FullName;
            if (!_extensions.TryGetValue(extendedType, out SortedDictionary<int, FileDescriptor>? byNumber))
                _extensions[extendedType] = byNumber = [];
            byNumber[extension.FieldNumber] = file;
        }
    }

    private void AddSymbol(IDescriptor symbol) => _symbols.TryAdd(symbol.FullName, symbol.File);
}
