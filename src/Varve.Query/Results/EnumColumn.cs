using System.Text;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>ENUM as the text of its member.</summary>
internal sealed unsafe class EnumColumn : RenderedColumn
{
    private readonly byte[][] _members;
    private readonly int _codeBytes;

    public EnumColumn(LogicalTypeHandle type)
    {
        _members = new byte[DuckDbApi.duckdb_enum_dictionary_size(type)][];
        for (int i = 0; i < _members.Length; i++)
            _members[i] = Encoding.UTF8.GetBytes(NativeText.Take(DuckDbApi.duckdb_enum_dictionary_value(type, (ulong)i)));
        _codeBytes = DuckDbApi.duckdb_enum_internal_type(type) switch
        {
            DuckDbTypeId.UTinyInt => 1,
            DuckDbTypeId.USmallInt => 2,
            _ => 4,
        };
    }

    protected override ReadOnlySpan<byte> Render(void* values, int row) => _members[_codeBytes switch
    {
        1 => ((byte*)values)[row],
        2 => ((ushort*)values)[row],
        _ => ((uint*)values)[row],
    }];
}
