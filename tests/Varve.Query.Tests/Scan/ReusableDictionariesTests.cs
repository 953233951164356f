using Varve.Query.Native;
using Varve.Query.Scan.Dictionaries;
using Varve.Query.Tests.Fixtures;
using Varve.Testing;

namespace Varve.Query.Tests.Scan;

/// <summary>Dictionaries that DuckDB may reuse change how long statements take, never what they answer.</summary>
public sealed class ReusableDictionariesTests(SegmentFixture fixture) : IClassFixture<SegmentFixture>
{
    [Fact]
    public void The_library_that_is_built_with_is_the_one_that_they_were_tried_in() => Assert.Null(ReusableDictionaries.Problem);

    [Fact]
    public void Another_library_is_told_by_its_hash()
    {
        using TempDirectory directory = new();
        string path = directory.File("libduckdb.so");
        Assert.Contains("cannot be read", KnownLibrary.ProblemOf(path), StringComparison.Ordinal);
        File.WriteAllText(path, "another library");
        Assert.Contains("is another library", KnownLibrary.ProblemOf(path), StringComparison.Ordinal);
    }

    /// <summary>Texts and blobs, short and long, with and without nulls, where DuckDB hashes, compares, groups, joins and computes with them.</summary>
    [Theory]
    [InlineData("SELECT host, count(*), min(id), max(path) FROM s GROUP BY host")]
    [InlineData("SELECT host, region, path, b, count(*) FROM s GROUP BY ALL")]
    [InlineData("SELECT count(DISTINCT host), count(DISTINCT path), count(DISTINCT b), count(DISTINCT region) FROM s")]
    [InlineData("SELECT DISTINCT path FROM s WHERE id % 3 = 0")]
    [InlineData("SELECT sum(length(path)), sum(hash(host)), sum(strlen(upper(host))), count(nullif(host, 'host-7.example.net')) FROM s")]
    [InlineData("SELECT coalesce(host, region, 'none') AS h, count(*) FROM s GROUP BY h")]
    [InlineData("SELECT sum(CASE WHEN host LIKE 'host-%' THEN regexp_extract(host, '[0-9]+')::INTEGER ELSE -1 END) FROM s")]
    [InlineData("SELECT sum(TRY_CAST(host AS INTEGER)), count(*) FILTER (host IS NULL) FROM s")]
    [InlineData("SELECT a.host, count(*) FROM s a JOIN t b ON a.host = b.host AND a.path = b.path GROUP BY a.host")]
    [InlineData("SELECT id, host, path FROM s ORDER BY path DESC NULLS LAST, id LIMIT 50")]
    [InlineData("SELECT host, id FROM s QUALIFY row_number() OVER (PARTITION BY host ORDER BY id DESC) = 1")]
    [InlineData("SELECT host, path, b FROM s WHERE host > 'host-3' AND path NOT LIKE '%7%'")]
    [InlineData("SELECT host FROM s WHERE k = 1 UNION SELECT path FROM s WHERE k = 2 EXCEPT SELECT host FROM s WHERE id < 5000")]
    public async Task Answers_are_those_of_plain_dictionaries_and_of_native_tables(string sql)
    {
        string[] native = [.. fixture.Native.ReadText(sql).Order(StringComparer.Ordinal)];
        foreach (QueryEngine engine in (QueryEngine[])[fixture.InOrder, fixture.Clustered])
        {
            string[] rows = await engine.ReadAsync(sql);
            Array.Sort(rows, StringComparer.Ordinal);
            Assert.Equal(native, rows);
        }
    }
}
