using System.Globalization;
using System.Text;

namespace Varve.Arrow;

/// <summary>Reads the grammar of <see cref="TypeNames"/>. Used once, by one thread.</summary>
internal sealed class TypeNameParser(string text)
{
    /// <summary>Nesting that a type may have: far more than any has, far less than the stack holds.</summary>
    private const int DepthMax = 64;

    private const string Element = "item";

    private static readonly Dictionary<string, ArrowType> Plain = new(StringComparer.OrdinalIgnoreCase)
    {
        ["boolean"] = ArrowTypes.Boolean,
        ["tinyint"] = ArrowTypes.Int8,
        ["smallint"] = ArrowTypes.Int16,
        ["integer"] = ArrowTypes.Int32,
        ["int"] = ArrowTypes.Int32,
        ["bigint"] = ArrowTypes.Int64,
        ["real"] = ArrowTypes.Float32,
        ["double"] = ArrowTypes.Float64,
        ["varchar"] = ArrowTypes.Utf8,
        ["text"] = ArrowTypes.Utf8,
        ["string"] = ArrowTypes.Utf8,
        ["blob"] = ArrowTypes.Binary,
        ["date"] = ArrowTypes.Date32,
    };

    private static readonly Dictionary<string, TimeUnit> Units = Enum.GetValues<TimeUnit>().ToDictionary(u => u.Symbol());
    private static readonly Dictionary<string, int> DecimalBits =
        new() { ["decimal32"] = 32, ["decimal64"] = 64, ["decimal128"] = 128, ["decimal256"] = 256, ["decimal"] = 128 };

    private int _at;
    private int _depth;

    static TypeNameParser()
    {
        ArrowType[] named =
        [
            ArrowTypes.Null, ArrowTypes.Boolean, ArrowTypes.Int8, ArrowTypes.Int16, ArrowTypes.Int32, ArrowTypes.Int64,
            ArrowTypes.UInt8, ArrowTypes.UInt16, ArrowTypes.UInt32, ArrowTypes.UInt64, ArrowTypes.Float16, ArrowTypes.Float32, ArrowTypes.Float64,
            ArrowTypes.Utf8, ArrowTypes.LargeUtf8, ArrowTypes.Utf8View, ArrowTypes.Binary, ArrowTypes.LargeBinary, ArrowTypes.BinaryView,
            ArrowTypes.Date32, ArrowTypes.Date64,
        ];
        foreach (ArrowType type in named)
            Plain.Add(type.Name, type);
    }

    public ArrowType Type()
    {
        ArrowType type = OneType();
        ExpectEnd();
        return type;
    }

    public Schema Schema()
    {
        List<Field> fields = [];
        if (text.AsSpan().Trim().Length > 0)
            Fields(fields);
        ExpectEnd();
        return new Schema(fields);
    }

    private void Fields(List<Field> fields)
    {
        do
        {
            string name = FieldName();
            Expect(':');
            fields.Add(OneElement(name));
        }
        while (Skip(','));
    }

    private Field OneElement(string name)
    {
        ArrowType type = OneType();
        bool isNullable = !SkipWord("not");
        if (!isNullable && !SkipWord("null"))
            throw Fail("'null' behind 'not'");
        return new Field(name, type, isNullable);
    }

    private ArrowType OneType()
    {
        if (++_depth > DepthMax)
            throw Fail($"a type of at most {DepthMax} levels");
        int start = _at;
        string word = Word();
        ArrowType? type = Plain.GetValueOrDefault(word) ?? (DecimalBits.TryGetValue(word, out int bits) ? Decimal(bits) : Parameterised(word));
        if (type is null)
        {
            _at = start;
            throw Fail("a type such as int64, utf8 or timestamp[us, UTC]");
        }

        _depth--;
        return type;
    }

    private ArrowType? Parameterised(string word)
    {
        switch (word)
        {
            case "fixed_size_binary":
                return new FixedSizeBinaryType(Size());
            case "time32" or "time64":
                TimeType time = new(Bracketed(Unit));
                return time.Name.StartsWith(word, StringComparison.Ordinal) ? time : throw Fail(word == "time32" ? "unit s or ms" : "unit us or ns");
            case "time":
                return Peek() == '[' ? new TimeType(Bracketed(Unit)) : new TimeType(TimeUnit.Microsecond);
            case "timestamp":
                return Peek() == '[' ? Bracketed(Timestamp) : new TimestampType(TimeUnit.Microsecond, null);
            case "timestamptz":
                return ArrowTypes.TimestampMicrosUtc;
            case "duration":
                return new DurationType(Bracketed(Unit));
            case "interval":
                return Bracketed(Interval);
            case "list":
                return Angled(() => new ListType(OneElement(Element)));
            case "large_list":
                return Angled(() => new LargeListType(OneElement(Element)));
            case "fixed_size_list":
                Field element = Angled(() => OneElement(Element));
                return new FixedSizeListType(element, Size());
            case "struct":
                return Angled(Struct);
            case "map":
                return Angled(Map);
            case "dictionary":
                return Angled(Dictionary);
            default:
                return null;
        }
    }

    private DecimalType Decimal(int bits)
    {
        Expect('(');
        int precision = Number();
        Expect(',');
        int scale = Number();
        Expect(')');
        int precisionMax = Validation.TypeCheck.PrecisionMax(bits);
        if (precision < 1 || precision > precisionMax)
            throw Fail($"a precision of 1 to {precisionMax} before");
        if (Math.Abs((long)scale) > precisionMax)
            throw Fail($"a scale of at most {precisionMax} before");
        return new DecimalType(precision, scale, bits);
    }

    private TimeUnit Unit() => Units.TryGetValue(Word(), out TimeUnit unit) ? unit : throw Fail("unit s, ms, us or ns before");

    private TimestampType Timestamp()
    {
        TimeUnit unit = Unit();
        if (!Skip(','))
            return new TimestampType(unit, null);
        int end = text.IndexOf(']', _at);
        string zone = text[_at..(end < 0 ? text.Length : end)].Trim();
        _at = end < 0 ? text.Length : end;
        return zone.Length > 0 ? new TimestampType(unit, zone) : throw Fail("a time zone");
    }

    private IntervalType Interval() => new(Word() switch
    {
        "year_month" => IntervalUnit.YearMonth,
        "day_time" => IntervalUnit.DayTime,
        "month_day_nano" => IntervalUnit.MonthDayNano,
        _ => throw Fail("year_month, day_time or month_day_nano before"),
    });

    private StructType Struct()
    {
        List<Field> fields = [];
        if (Peek() != '>')
            Fields(fields);
        return new StructType(fields);
    }

    private MapType Map()
    {
        Field key = new("key", OneType(), isNullable: false);
        Expect(',');
        Field value = OneElement("value");
        bool isSorted = Flag("sorted");
        return new MapType(new Field("entries", new StructType([key, value]), isNullable: false), isSorted);
    }

    private DictionaryType Dictionary()
    {
        IntegerType index = OneType() as IntegerType ?? throw Fail("an integer type for the codes before");
        Expect(',');
        ArrowType values = OneType();
        return new DictionaryType(index, values, Flag("ordered"));
    }

    private bool Flag(string word)
    {
        if (!Skip(','))
            return false;
        return SkipWord(word) ? true : throw Fail($"'{word}'");
    }

    private T Angled<T>(Func<T> read) => Enclosed('<', read, '>');

    private T Bracketed<T>(Func<T> read) => Enclosed('[', read, ']');

    private int Size()
    {
        int size = Bracketed(Number);
        return size >= 0 ? size : throw Fail("a size of 0 or more before");
    }

    private T Enclosed<T>(char open, Func<T> read, char close)
    {
        Expect(open);
        T value = read();
        Expect(close);
        return value;
    }

    private int Number()
    {
        SkipSpace();
        int start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || (text[_at] == '-' && _at == start)))
            _at++;
        if (int.TryParse(text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            return number;
        _at = start;
        throw Fail("a number");
    }

    private string Word()
    {
        SkipSpace();
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            _at++;
        return text[start.._at];
    }

    private bool SkipWord(string word)
    {
        int start = _at;
        if (Word().Equals(word, StringComparison.OrdinalIgnoreCase))
            return true;
        _at = start;
        return false;
    }

    private string FieldName()
    {
        if (Peek() == '"')
            return QuotedName();
        int start = _at;
        while (_at < text.Length && !TypeNames.IsSpecial(text[_at]))
            _at++;
        string name = text[start.._at].Trim();
        return name.Length > 0 ? name : throw Fail("the name of a field");
    }

    private string QuotedName()
    {
        StringBuilder name = new();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != '"')
            {
                name.Append(text[_at]);
                continue;
            }

            _at++;
            if (_at == text.Length || text[_at] != '"')
                return name.ToString();
            name.Append('"');
        }

        throw Fail("a closing double quote");
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    /// <summary>The next character that is no space, or 0 at the end.</summary>
    private char Peek()
    {
        SkipSpace();
        return _at < text.Length ? text[_at] : '\0';
    }

    private bool Skip(char c)
    {
        if (Peek() != c)
            return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Skip(c))
            throw Fail($"'{c}'");
    }

    private void ExpectEnd()
    {
        if (Peek() != '\0')
            throw Fail("nothing more");
    }

    private ArrowFormatException Fail(string expected)
    {
        string found = _at < text.Length ? $"'{MessageText.Cut(text[_at..])}'" : "the end";
        return new ArrowFormatException($"'{MessageText.Cut(text)}' at character {_at + 1}: expected {expected}, found {found}");
    }
}
