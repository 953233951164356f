namespace Varve.Query.Tests.Fixtures;

/// <summary>
/// Rows with columns of many types, nulls, NaN, infinities, texts of few and of many values, lists and structs: all a function of the row's number,
/// <c>id</c>, made by DuckDB. <see cref="Scan.RandomPredicates"/> makes conditions for them.
/// </summary>
internal static class VariedRows
{
    public static string CreateTable(string name, int rowCount) =>
        $"""
         CREATE TABLE {name} AS SELECT
           i AS id,
           make_timestamp(1700000000000000 + i * 250000 + (hash(i, 1) % 400000)::BIGINT) AS ts,
           make_timestamp(1700000000000000 + i * 250000)::TIMESTAMPTZ AS tz,
           (hash(i, 2) % 50)::INTEGER AS k,
           CASE WHEN hash(i, 3) % 7 = 0 THEN NULL ELSE (i // 400)::SMALLINT END AS n,
           CASE hash(i, 4) % 200 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE WHEN 3 THEN -0.0
             WHEN 4 THEN NULL ELSE ((hash(i, 5) % 2001)::DOUBLE - 1000) / 8 END AS v,
           CASE WHEN hash(i, 6) % 90 = 0 THEN 'nan'::FLOAT ELSE ((hash(i, 7) % 500) / 10.0)::FLOAT END AS f,
           CASE WHEN i % 9000 < 3000 THEN i % 2 = 0 WHEN hash(i, 8) % 5 = 0 THEN NULL ELSE hash(i, 9) % 20 = 0 END AS ok,
           CASE WHEN hash(i, 10) % 11 = 0 THEN NULL ELSE ((hash(i, 11) % 4000)::BIGINT - 2000)::DECIMAL(9, 2) / 4 END AS m,
           ((hash(i, 12) % 4000)::BIGINT - 2000)::DECIMAL(30, 3) AS w,
           TIME '00:00:00' + INTERVAL (hash(i, 13) % 86400) SECOND AS tm,
           DATE '2023-01-01' + (i // 500)::INTEGER AS d,
           CASE WHEN hash(i, 14) % 13 = 0 THEN NULL ELSE 'host-' || (hash(i, 15) % 40) || '.example.net' END AS host,
           ['eu', 'us', 'ap', '', NULL][1 + (hash(i, 16) % 5)::INTEGER] AS region,
           CASE hash(i, 17) % 8 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN '50%_é' WHEN 3 THEN 'ünï/' || (hash(i, 18) % 300)
             ELSE '/api/a path that is longer than thirty-two bytes/' || (hash(i, 19) % 100000) END AS path,
           CASE WHEN hash(i, 20) % 3 = 0 THEN NULL ELSE encode('b' || (hash(i, 21) % 30)) END AS b,
           (18446744073709551615 - i)::UBIGINT AS u,
           CASE WHEN hash(i, 22) % 3 = 0 THEN NULL ELSE ['element ' || i || ' of a list', NULL, 'x'][1:(hash(i, 23) % 4)] END AS l,
           CASE WHEN hash(i, 24) % 5 = 0 THEN NULL ELSE struct_pack(a := i, b := CASE WHEN i % 2 = 0 THEN 'text of element ' || i END) END AS r
         FROM range({rowCount}) g(i)
         """;
}
