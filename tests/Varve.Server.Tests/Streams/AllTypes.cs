using Varve.Arrow;

namespace Varve.Server.Tests.Streams;

/// <summary>A schema with every type that a stream can hold, and rows for it: values, nulls, extremes.</summary>
internal static class AllTypes
{
    public const string SchemaText = """
        n: null, bo: bool, i8: int8, i16: int16, i32: int32, i64: int64, u8: uint8, u16: uint16, u32: uint32, u64: uint64,
        f16: float16, f32: float32, f64: float64, d32: decimal32(5, 2), d64: decimal64(12, 3), d128: decimal128(30, 6), d256: decimal256(60, 10),
        s: utf8, ls: large_utf8, sv: utf8_view, b: binary, lb: large_binary, bv: binary_view, fb: fixed_size_binary[4],
        da: date32, da64: date64, t32s: time32[s], t32ms: time32[ms], t64us: time64[us], t64ns: time64[ns],
        ts: timestamp[s], tms: timestamp[ms], tus: timestamp[us, UTC], tns: timestamp[ns, Europe/Berlin],
        dus: duration[s], duns: duration[ns], iy: interval[year_month], idt: interval[day_time], im: interval[month_day_nano],
        li: list<int32>, lli: large_list<utf8>, fl: fixed_size_list<float64>[2], st: struct<a: int32, b: utf8>, ma: map<utf8, int64>,
        deep: list<struct<x: list<int8 not null>, y: timestamp[us]>>
        """;

    public const string Json = """
        {"n":null,"bo":true,"i8":-128,"i16":-32768,"i32":-2147483648,"i64":-9223372036854775808,"u8":255,"u16":65535,
         "u32":4294967295,"u64":18446744073709551615,
         "f16":1.5,"f32":-0.1,"f64":1e300,"d32":"-999.99","d64":"123456789.125","d128":"-123456789012345678901234.567891",
         "d256":"12345678901234567890123456789012345678901234567890.0123456789",
         "s":"grün \"x\" \n","ls":"","sv":"a text that is longer than twelve bytes","b":"AAEC/w==","lb":"",
         "bv":"YSBiaW5hcnkgbG9uZ2VyIHRoYW4gMTI=","fb":"AQIDBA==",
         "da":"1969-12-31","da64":"2024-02-29","t32s":"23:59:59","t32ms":"00:00:00.001","t64us":"12:34:56.789012","t64ns":"12:34:56.789012345",
         "ts":"2038-01-19T03:14:08","tms":"1969-12-31T23:59:59.999","tus":"2024-05-06T07:08:09.123456Z","tns":"2024-05-06T07:08:09.123456789Z",
         "dus":-5,"duns":123456789012345,"iy":-14,"idt":{"days":3,"milliseconds":-4},"im":{"months":1,"days":-2,"nanoseconds":3000000001},
         "li":[1,null,-3],"lli":["x",null,""],"fl":[0.5,null],"st":{"a":7,"b":null},"ma":{"k1":1,"k2":null},
         "deep":[{"x":[1,-2],"y":"2000-01-01T00:00:00.000001"},null,{"x":[],"y":null}]}
        {"i64":1}
        {"n":null,"bo":false,"i8":127,"i16":32767,"i32":2147483647,"i64":9223372036854775807,"u8":0,"u16":0,"u32":0,"u64":0,
         "f16":"NaN","f32":"Infinity","f64":"-Infinity","d32":"0.01","d64":"-0.001","d128":"0.000000","d256":"-1.0000000001",
         "s":"","ls":"large","sv":"short","b":"","lb":"/w==","bv":"","fb":"AAAAAA==",
         "da":"9999-12-31","da64":"0001-01-01","t32s":"00:00:00","t32ms":"23:59:59.999","t64us":"00:00:00","t64ns":"23:59:59.999999999",
         "ts":"0001-01-01T00:00:00","tms":"1970-01-01T00:00:00","tus":"1970-01-01T00:00:00Z","tns":"1970-01-01T00:00:00Z",
         "dus":0,"duns":-1,"iy":0,"idt":{"days":0,"milliseconds":0},"im":{"months":0,"days":0,"nanoseconds":0},
         "li":[],"lli":[],"fl":[-1.25,1e-300],"st":{"a":null,"b":"x"},"ma":{},"deep":[]}
        """;

    public static Schema Schema { get; } = TypeNames.ParseSchema(SchemaText);

    public static RecordBatch Rows { get; } = RunningServer.Rows(Schema, Json);
}
