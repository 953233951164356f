using Microsoft.Extensions.Logging;
using Varve.Backup;

namespace Varve.Server.Configuration;

/// <summary>Every setting of the daemon, in the order of docs/operations/configuration.md, which a test holds equal to this table.</summary>
public static class SettingTable
{
    private const long MiB = 1L << 20;
    private const long TiB = 1L << 40;

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static IReadOnlyList<Setting> All { get; } =
    [
        SettingKinds.Text("Data:Directory", "a directory on a local disk; made where it does not exist",
            "Where the log and the segments are. One daemon holds it at a time. Required.",
            o => o.Data.Directory, (o, v) => o.Data.Directory = v, "--data"),
        SettingKinds.Bytes("Data:TailMemoryLimitBytes", MiB, TiB,
            "Memory for rows that are not in segments yet. Where it is full, appends wait for sealing, and are refused with RESOURCE_EXHAUSTED "
            + "when that takes too long; reads go on. auto: a sixth of the memory that the process may use.",
            o => o.Data.TailMemoryLimitBytes, (o, v) => o.Data.TailMemoryLimitBytes = v, isAutoAllowed: true),
        SettingKinds.Bytes("Data:MaxBatchBytes", 64 << 10, 1024 * MiB,
            "The largest batch that is taken, as it stands in memory.",
            o => o.Data.MaxBatchBytes, (o, v) => o.Data.MaxBatchBytes = v!.Value),

        SettingKinds.Choice("Keys:Encryption",
            "Whether the data directory is encrypted. Decided when it is made: another value stops every later start.",
            o => o.Keys.Encryption, (o, v) => o.Keys.Encryption = v),
        SettingKinds.Choice("Keys:Source", "Where the root key comes from: Keys:File, Keys:Variable or Keys:Command.",
            o => o.Keys.Source, (o, v) => o.Keys.Source = v),
        SettingKinds.Text("Keys:File", "a file of this user's alone, mode 0600 or 0400",
            "The root key: 32 bytes as hexadecimal digits, base64, or as they are. "
            + "Not set: root.key in the data directory, which is made together with the directory.",
            o => o.Keys.File, (o, v) => o.Keys.File = v),
        SettingKinds.Text("Keys:Variable", "the name of an environment variable", "The root key as hexadecimal digits or base64.",
            o => o.Keys.Variable, (o, v) => o.Keys.Variable = v),
        SettingKinds.Text("Keys:Command", "a command for /bin/sh", "Prints the root key, as Keys:File holds it.",
            o => o.Keys.Command, (o, v) => o.Keys.Command = v),
        SettingKinds.Duration("Keys:CommandTimeout", Millisecond, Day, "How long the command may take.",
            o => o.Keys.CommandTimeout, (o, v) => o.Keys.CommandTimeout = v),

        SettingKinds.Bytes("Memory:LimitBytes", MemoryPlan.LimitBytesMin, TiB,
            "Memory of the whole process, which the shares below are parts of. auto: what the machine or the container has; then nothing holds "
            + "the process to it.",
            o => o.Memory.LimitBytes, (o, v) => o.Memory.LimitBytes = v, isAutoAllowed: true),
        SettingKinds.Bytes("Memory:SegmentCacheBytes", MiB, TiB,
            "Memory for what is kept of segments: where their pages are, dictionaries, and pages that were read, opened, as far as there is room. "
            + "auto: a sixteenth of the memory that the process may use.",
            o => o.Memory.SegmentCacheBytes, (o, v) => o.Memory.SegmentCacheBytes = v, isAutoAllowed: true),

        SettingKinds.Count("Seal:Rows", 1, int.MaxValue, "A stream's oldest rows become a segment when it has that many in memory.",
            o => o.Seal.Rows, (o, v) => o.Seal.Rows = v!.Value),
        SettingKinds.Bytes("Seal:Bytes", 64 << 10, TiB, "The same, in bytes of memory. Where memory runs out, streams are sealed sooner.",
            o => o.Seal.Bytes, (o, v) => o.Seal.Bytes = v!.Value),
        SettingKinds.Duration("Seal:Age", Millisecond, 30 * Day,
            "Rows that have been in memory for that long become a segment, however few they are.",
            o => o.Seal.Age, (o, v) => o.Seal.Age = v),
        SettingKinds.Switch("Seal:Compact", "Small segments are merged, ordered and brought to the current key in the background.",
            o => o.Seal.Compact, (o, v) => o.Seal.Compact = v),

        SettingKinds.Listen("Listen:Grpc", "--listen", "Where gRPC, Arrow Flight and Flight SQL are served. Port 0: the system chooses.",
            o => o.Listen.Grpc, (o, v) => o.Listen.Grpc = v),
        SettingKinds.Listen("Listen:Http", "--http", "Where health, readiness and metrics are served. Port 0: the system chooses.",
            o => o.Listen.Http, (o, v) => o.Listen.Http = v),
        SettingKinds.Switch("Listen:Insecure", "Allows listening beyond loopback without TLS or without tokens.",
            o => o.Listen.Insecure, (o, v) => o.Listen.Insecure = v, "--insecure"),

        SettingKinds.Text("Tls:CertificateFile", "a PEM file",
            "The certificate, with its chain, for both listeners. Read at start; a change needs a restart.",
            o => o.Tls.CertificateFile, (o, v) => o.Tls.CertificateFile = v),
        SettingKinds.Text("Tls:KeyFile", "a PEM file", "The certificate's private key.",
            o => o.Tls.KeyFile, (o, v) => o.Tls.KeyFile = v),
        SettingKinds.Text("Auth:TokensFile", "a file with lines NAME: SHA-256-OF-THE-TOKEN-IN-HEX",
            "Who may call. Not set: everyone may, as anonymous. Read at start; a change needs a restart.",
            o => o.Auth.TokensFile, (o, v) => o.Auth.TokensFile = v),
        SettingKinds.Switch("Auth:Handshake",
            "Whether Flight's Handshake is answered, in which clients show a token as a password or as it is. Off: every call must bring its own.",
            o => o.Auth.Handshake, (o, v) => o.Auth.Handshake = v),

        SettingKinds.Count("Append:MaxUnansweredRequests", 1, 1_000_000,
            "Requests of one Append call that may be unanswered before the daemon stops reading on.",
            o => o.Append.MaxUnansweredRequests, (o, v) => o.Append.MaxUnansweredRequests = v!.Value),
        SettingKinds.Bytes("Append:MaxUnansweredBytes", 64 << 10, 16 * 1024 * MiB,
            "The same, in bytes of their messages. One request is always taken.",
            o => o.Append.MaxUnansweredBytes, (o, v) => o.Append.MaxUnansweredBytes = v!.Value),
        SettingKinds.Duration("Append:MemoryWait", TimeSpan.Zero, Day,
            "How long an append waits, in its order, for sealing to make room in a full memory before it is refused.",
            o => o.Append.MemoryWait, (o, v) => o.Append.MemoryWait = v),
        SettingKinds.Duration("Append:SlowAfter", TimeSpan.Zero, Day, "Appends that take longer are logged as warnings.",
            o => o.Append.SlowAfter, (o, v) => o.Append.SlowAfter = v),

        SettingKinds.Duration("Read:PositionWait", TimeSpan.Zero, Day,
            "How long a read or query waits for the log position that its call names (varve-min-position) to become visible. A call's deadline may be sooner.",
            o => o.Read.PositionWait, (o, v) => o.Read.PositionWait = v),

        SettingKinds.Duration("Producers:Idle", TimeSpan.FromMinutes(1), 3650 * Day,
            "Producers that were neither opened nor used for that long are forgotten: what they send then is refused.",
            o => o.Producers.Idle, (o, v) => o.Producers.Idle = v),

        SettingKinds.Bytes("Sql:MemoryLimitBytes", 64 * MiB, TiB,
            "Memory that all queries together may use. auto: a fifth of the memory that the process may use.",
            o => o.Sql.MemoryLimitBytes, (o, v) => o.Sql.MemoryLimitBytes = v, isAutoAllowed: true),
        SettingKinds.Count("Sql:ThreadCount", 1, 1024, "Threads that all queries share. auto: one for each processor.",
            o => o.Sql.ThreadCount, (o, v) => o.Sql.ThreadCount = v, isAutoAllowed: true),
        SettingKinds.Count("Sql:MaxConcurrentQueries", 1, 1024, "Queries that compute at one time; others wait. auto: one for each processor.",
            o => o.Sql.MaxConcurrentQueries, (o, v) => o.Sql.MaxConcurrentQueries = v, isAutoAllowed: true),
        SettingKinds.Duration("Sql:Timeout", Millisecond, Day, "A query that runs longer is ended.",
            o => o.Sql.Timeout, (o, v) => o.Sql.Timeout = v),
        SettingKinds.Duration("Sql:SlowAfter", TimeSpan.Zero, Day, "Queries that take longer are logged as warnings.",
            o => o.Sql.SlowAfter, (o, v) => o.Sql.SlowAfter = v),

        SettingKinds.Text("Backup:Repository", "a directory, or several with ; between them",
            "Where snapshots go. Whoever has this and the key of the repository has the data: keep it on another disk, and the key elsewhere. "
            + "Not set: none are taken.",
            o => o.Backup.Repository, (o, v) => o.Backup.Repository = v),
        SettingKinds.Text("Backup:KeyFile", "a file of this user's alone, mode 0600 or 0400",
            "The key that repositories are sealed with, as Keys:File holds one. One of this and the next two goes with Backup:Repository.",
            o => o.Backup.KeyFile, (o, v) => o.Backup.KeyFile = v),
        SettingKinds.Text("Backup:KeyVariable", "the name of an environment variable", "The same, as hexadecimal digits or base64.",
            o => o.Backup.KeyVariable, (o, v) => o.Backup.KeyVariable = v),
        SettingKinds.Text("Backup:KeyCommand", "a command for /bin/sh", "The same, printed by a command, which may take Keys:CommandTimeout.",
            o => o.Backup.KeyCommand, (o, v) => o.Backup.KeyCommand = v),

        SettingKinds.Duration("Backup:Every", TimeSpan.Zero, 365 * Day,
            "How often a snapshot is taken into each repository, counted from the newest one there. 0: only when somebody asks.",
            o => o.Backup.Every, (o, v) => o.Backup.Every = v),
        SettingKinds.Text("Backup:Keep", KeepRules.Allowed,
            "Which snapshots stay after each of these; others are pruned. Not set: all of them.",
            o => o.Backup.Keep, (o, v) => o.Backup.Keep = v),
        SettingKinds.Duration("Backup:Archive", TimeSpan.Zero, Day,
            "How often the log is shipped to the first repository, so that a restore reaches any moment. 0: not at all.",
            o => o.Backup.Archive, (o, v) => o.Backup.Archive = v),
        SettingKinds.Bytes("Backup:ArchiveLogBytesMax", 64 * MiB, TiB,
            "How large the log may grow while the repository takes none of it. Beyond, it is let go, and the archive has a gap that the next snapshot ends.",
            o => o.Backup.ArchiveLogBytesMax, (o, v) => o.Backup.ArchiveLogBytesMax = v!.Value),
        SettingKinds.Bytes("Backup:BytesPerSecondMax", 0, TiB,
            "How many bytes go to repositories and come from them in a second, on average: snapshots, archive and restores together. 0: as many as can.",
            o => o.Backup.BytesPerSecondMax, (o, v) => o.Backup.BytesPerSecondMax = v!.Value),
        SettingKinds.Duration("Backup:ArchiveLagMax", TimeSpan.Zero, 365 * Day,
            "How long the archive may be behind the node. Beyond, that is logged as an error, and status, health and metrics show it. 0: for ever.",
            o => o.Backup.ArchiveLagMax, (o, v) => o.Backup.ArchiveLagMax = v),
        SettingKinds.Duration("Backup:DrillEvery", TimeSpan.Zero, 365 * Day,
            "How often the newest snapshot in each repository, with what was archived since, is restored to a scratch place, compared with the node and "
            + "removed again. One that failed is repeated after an hour. 0: only when somebody asks.",
            o => o.Backup.DrillEvery, (o, v) => o.Backup.DrillEvery = v),
        SettingKinds.Text("Backup:DrillDirectory", "a directory, best on another disk than the data",
            "The scratch place, which takes as much as the data does. A drill begins only where a tenth of the disk, at most 10 GiB, stays free. "
            + "Not set: drill in the data directory.",
            o => o.Backup.DrillDirectory, (o, v) => o.Backup.DrillDirectory = v),

        SettingKinds.Switch("Flight:CreateStreamOnPut", "A Flight DoPut to an unknown stream makes it from the schema that was sent.",
            o => o.Flight.CreateStreamOnPut, (o, v) => o.Flight.CreateStreamOnPut = v),
        SettingKinds.Duration("Flight:TicketLifetime", TimeSpan.FromSeconds(1), 30 * Day,
            "How long the ticket of a statement may be used; RenewFlightEndpoint gives one that lasts as long again.",
            o => o.Flight.TicketLifetime, (o, v) => o.Flight.TicketLifetime = v),

        SettingKinds.Bytes("Rpc:MaxMessageBytes", 64 << 10, 2047 * MiB, "The largest gRPC message that is read. Must be above Data:MaxBatchBytes.",
            o => o.Rpc.MaxMessageBytes, (o, v) => o.Rpc.MaxMessageBytes = v!.Value),

        SettingKinds.Text("Metrics:OtlpEndpoint", "an http or https URL", "The OpenTelemetry collector to send metrics to. Not set: none are sent.",
            o => o.Metrics.OtlpEndpoint, (o, v) => o.Metrics.OtlpEndpoint = v),
        SettingKinds.Choice("Metrics:OtlpProtocol",
            "How they are sent. http posts to the endpoint as it is given, usually one that ends in /v1/metrics.",
            o => o.Metrics.OtlpProtocol, (o, v) => o.Metrics.OtlpProtocol = v),
        SettingKinds.Duration("Metrics:OtlpInterval", 100 * Millisecond, Day, "How often they are sent.",
            o => o.Metrics.OtlpInterval, (o, v) => o.Metrics.OtlpInterval = v),

        SettingKinds.Choice("Log:Level", "The least level that is logged, to standard error. Every call is logged at debug.",
            o => o.Log.Level, (o, v) => o.Log.Level = v),
        SettingKinds.Choice("Log:Format", "text: one line for people; json: one object a line.",
            o => o.Log.Format, (o, v) => o.Log.Format = v),

        SettingKinds.Bytes("Scrub:BytesPerSecond", 0, TiB,
            "How fast the background reads everything to see that it is as it was written. 0: not at all.",
            o => o.Scrub.BytesPerSecond, (o, v) => o.Scrub.BytesPerSecond = v!.Value),
        SettingKinds.Duration("Scrub:Interval", TimeSpan.FromSeconds(1), 365 * Day,
            "How long after the begin of a pass over everything the next one begins, or later where a pass takes longer. The first begins a minute after the start.",
            o => o.Scrub.Interval, (o, v) => o.Scrub.Interval = v),

        SettingKinds.Duration("Shutdown:Drain", TimeSpan.Zero, Day, "How long a stop waits for calls to end before it cuts them off.",
            o => o.Shutdown.DrainTimeout, (o, v) => o.Shutdown.DrainTimeout = v),
    ];

    /// <summary>Levels of single categories: <c>Log:Levels:Varve.Storage</c>.</summary>
    internal const string LevelsPrefix = "Log:Levels:";

    internal static Setting? Find(string key) => All.FirstOrDefault(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    internal static LogLevel ParseLevel(string text) => SettingKinds.ParseChoice<LogLevel>(text);
}
