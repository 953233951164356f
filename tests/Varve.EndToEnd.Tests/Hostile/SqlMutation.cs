using System.Text.RegularExpressions;

namespace Varve.EndToEnd.Tests.Hostile;

/// <summary>Statements put together from the words of others: most are wrong in ways that nobody would write, some run.</summary>
internal static partial class SqlMutation
{
    /// <summary>A statement a paragraph.</summary>
    private static readonly string[] Statements =
        """
        select n, text, x, blob, list, "at", fixed, _offset, _time from fuzz where n between 1 and 3 or text like '%t_'
        order by n desc nulls first limit 3 offset 1

        select text, count(*), sum(n), avg(x), min(blob), max("at"), list(n), string_agg(text, ','), quantile_cont(x, 0.5)
        from fuzz group by all having count(*) > 0

        with recursive t(i) as (select 1 union all select i + 1 from t where i < 100)
        select i, row_number() over (partition by i % 3 order by i) from t

        select a.n, b.text from fuzz a left join fuzz b on a.n = b.n and a.x < b.x qualify rank() over (order by a.n) < 3

        select unnest(list), list[1], list_transform(list, i -> i + 1), list_filter(list, i -> i > 0), struct_pack(a := n, b := text).b from fuzz

        select date_trunc('hour', "at"), "at" + interval 3 month, extract(epoch from "at"), strftime("at", '%Y-%m'), '2024-02-30'::date from fuzz

        select n::tinyint, x::decimal(38, 10), text::bigint, blob::text, hex(fixed), n / 0, 1e308 * 1e308, 9223372036854775807 + n, -n % 0 from fuzz

        pivot fuzz on text in ('a', 'b') using sum(n) group by x

        select * from (values (1, 'a'), (2, null)) v(i, t) asof join fuzz on v.i >= fuzz.n

        select case when n is null then 'a' else text end, coalesce(text, '?'), regexp_replace(text, '(a+)+$', 'b'), repeat(text, 3),
        printf('%s %d', text, n) from fuzz

        select * exclude (n) replace (x + 1 as x), columns('t.*') from fuzz, lateral (select n + 1 as m)
        where exists (select 1 from fuzz f where f.n = fuzz.n)

        from range(10) r(i) select i, lag(i, 2) over w, sum(i) over (w rows between 1 preceding and current row)
        window w as (order by i) union all by name select 1 as z

        summarize fuzz

        describe select * from fuzz

        explain analyze select count(*) from fuzz

        show tables

        select $1, ?, $name
        """.Split("\n\n");

    private static readonly string[] Values =
    [
        "null", "''", "'\\0'", "-1", "0", "9223372036854775808", "1e400", "'nan'::double", "'infinity'::timestamp", "[]", "{}", "{'a': [1, null]}",
        "map {}", "interval '999999999 years'", "repeat('x', 100000)", "range(100000)", "'2262-04-12'::timestamp_ns", "x'00'::blob", "*", "(", ")",
        ";", "--", "/*", "1::hugeint << 126", "uuid()", "random()", "row(1, 2)", "array_value(1, 2, 3)", "'a' collate nocase", "0.1::decimal(38, 37)",
        "'1 day'::interval::varchar", "(select n from fuzz)",
    ];

    public static string Make(Random random)
    {
        List<string> words = Words(random);
        for (int i = random.Next(4); i > 0 && words.Count > 0; i--)
        {
            int at = random.Next(words.Count);
            List<string> others = Words(random);
            int from = random.Next(others.Count);
            switch (random.Next(5))
            {
                case 0:
                    words.RemoveAt(at);
                    break;
                case 1:
                    words[at] = Values[random.Next(Values.Length)];
                    break;
                case 2:
                    words[at] = others[from];
                    break;
                case 3:
                    words.InsertRange(at, others.Skip(from).Take(random.Next(10)));
                    break;
                default:
                    words.InsertRange(at, ["(", .. others, ")"]);
                    break;
            }
        }

        return string.Join(' ', words);
    }

    private static List<string> Words(Random random) => [.. Word().Matches(Statements[random.Next(Statements.Length)]).Select(m => m.Value)];

    [GeneratedRegex("""'[^']*'|"[^"]*"|\w+|\S""")]
    private static partial Regex Word();
}
