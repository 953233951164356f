using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Backup.Sealing;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Sealing;

/// <summary>How objects are named, by the two versions of a repository (docs/formats/repository.md).</summary>
public sealed class NamingTests(ITestOutputHelper output)
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(8 << 20)]
    public void A_name_is_what_the_page_on_formats_says(int bytes)
    {
        byte[] content = new byte[bytes];
        new Random(TestSeed.Next(output.WriteLine)).NextBytes(content);
        byte[] root = RandomNumberGenerator.GetBytes(32);
        Assert.True(RootKey.TryParse(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(root)), false, out RootKey? key, out _));

        byte[] naming = Derive(root, Salt, "varve/repository-naming/1:");
        Assert.Equal(Hex(HMACSHA256.HashData(naming, content)), new RepositoryKey(key, Salt, namesByFrames: false).NameOf(content));
        Assert.Equal(Hex(HMACSHA256.HashData(naming, TagsOf(content, root))), new RepositoryKey(key, Salt, namesByFrames: true).NameOf(content));
    }

    [Fact]
    public void Contents_that_differ_anywhere_or_end_elsewhere_have_different_names()
    {
        RepositoryKey key = new(RootKey.Create(), Salt, namesByFrames: true);
        byte[] content = new byte[(3 * 65_536) + 5];
        HashSet<string> names = [key.NameOf(content)];
        foreach (int at in (int[])[0, 65_535, 65_536, 131_072, content.Length - 1])
        {
            byte[] changed = [.. content];
            changed[at] = 1;
            Assert.True(names.Add(key.NameOf(changed)), $"byte {at}");
        }

        foreach (int length in (int[])[0, 1, 15, 16, 65_536, 131_072, content.Length - 1])
            Assert.True(names.Add(key.NameOf(content.AsSpan(0, length))), $"{length} zeros");
        byte[] swapped = [.. content];
        swapped[1] = 1;
        string first = key.NameOf(swapped);
        (swapped[1], swapped[65_537]) = (0, 1);
        Assert.NotEqual(first, key.NameOf(swapped));
    }

    /// <summary>It stays of version 1: names in it are made as they were, old snapshots and new ones are verified and restored.</summary>
    [Fact]
    public async Task A_repository_of_version_1_is_gone_on_with_as_it_was()
    {
        await using BackupHost host = await BackupHost.StartAsync();
        byte[] root = Convert.FromHexString(await File.ReadAllTextAsync(host.KeyPath));
        byte[] header = HeaderOfVersion1(root);
        foreach (string name in RepositoryHeader.Names)
            await host.Place.WriteAsync(name, header);
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 3000));
        await host.SnapshotAsync();
        byte[] segment = await File.ReadAllBytesAsync(Directory.EnumerateFiles(Path.Combine(host.Node.Directory, "segments")).First());
        Assert.Contains(Hex(HMACSHA256.HashData(Derive(root, Salt, "varve/repository-naming/1:"), segment)), (await host.Place.NamesAsync()).Select(n => Path.GetFileName(n)));

        await host.Engine.AppendAsync("s", Rows.Range(3000, 100));
        await host.SnapshotAsync();

        await using SnapshotRepository repository = await host.OpenAsync(makes: false);
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Equal(3100, (await host.RestoreAsync(host.ToNewDirectory())).RowCount);
        foreach (string name in RepositoryHeader.Names)
            Assert.Equal(header, await host.Place.ReadAsync(name));
    }

    [Fact]
    public async Task A_new_repository_is_of_version_2_and_of_no_use_to_readers_of_version_1()
    {
        await using BackupHost host = await BackupHost.StartAsync();
        await (await host.OpenAsync()).DisposeAsync();
        byte[] header = await host.Place.ReadAsync("repository");
        Assert.Equal([2, 0, 2, 0], header[8..12]);
    }

    private static byte[] TagsOf(byte[] content, byte[] root)
    {
        using AesGcm gmac = new(Derive(root, Salt, "varve/repository-framing/1:"), 16);
        using MemoryStream tags = new();
        byte[] tag = new byte[16];
        foreach (byte[] frame in content.Chunk(65_536))
        {
            gmac.Encrypt(new byte[12], ReadOnlySpan<byte>.Empty, [], tag, frame);
            tags.Write(tag);
        }

        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, content.Length);
        tags.Write(length);
        return tags.ToArray();
    }

    private static byte[] HeaderOfVersion1(byte[] root)
    {
        byte[] header = new byte[128];
        "VARVREPO"u8.CopyTo(header);
        (header[8], header[10]) = (1, 1);
        Salt.CopyTo(header, 16);
        Derive(root, Salt, "varve/repository-check/1:").AsSpan(0, 16).CopyTo(header.AsSpan(48));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(124), Crc32C.Compute(header.AsSpan(0, 124)));
        return header;
    }

    private static byte[] Derive(byte[] root, byte[] salt, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, salt, System.Text.Encoding.ASCII.GetBytes(purpose));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
