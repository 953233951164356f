using Microsoft.Extensions.Logging;

namespace Varve.Server.Configuration;

/// <summary>
/// Everything that can be set about a daemon, as one tree; <see cref="SettingTable"/> is its table of names, ranges and meanings. Set by code, or
/// from file, environment and flags by <see cref="ServerConfiguration"/>. Not thread-safe; not changed after the server is started.
/// </summary>
public sealed class VarveServerOptions
{
    public DataSection Data { get; } = new();

    public KeysSection Keys { get; } = new();

    public MemorySection Memory { get; } = new();

    public SealSection Seal { get; } = new();

    public ListenSection Listen { get; } = new();

    public TlsSection Tls { get; } = new();

    public AuthSection Auth { get; } = new();

    public AppendSection Append { get; } = new();

    public ReadSection Read { get; } = new();

    public ProducersSection Producers { get; } = new();

    public SqlSection Sql { get; } = new();

    public BackupSection Backup { get; } = new();

    public FlightSection Flight { get; } = new();

    public RpcSection Rpc { get; } = new();

    public MetricsSection Metrics { get; } = new();

    public LogSection Log { get; } = new();

    public ScrubSection Scrub { get; } = new();

    public ShutdownSection Shutdown { get; } = new();

    public sealed class DataSection
    {
        public string Directory { get; set; } = "";

        /// <summary>Memory for rows that are not in segments yet; null: a quarter of what the process may use.</summary>
        public long? TailMemoryLimitBytes { get; set; }

        public long MaxBatchBytes { get; set; } = 64L << 20;
    }

    public sealed class KeysSection
    {
        public EncryptionMode Encryption { get; set; } = EncryptionMode.On;

        public RootKeyOrigin Source { get; set; } = RootKeyOrigin.File;

        /// <summary>Empty: root.key in the data directory, which is made together with it.</summary>
        public string File { get; set; } = "";

        public string Variable { get; set; } = DefaultVariable;

        public string Command { get; set; } = "";

        public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

        internal const string DefaultVariable = "VARVE_ROOT_KEY";
    }

    public sealed class MemorySection
    {
        /// <summary>Of the whole process; null: what the system has.</summary>
        public long? LimitBytes { get; set; }

        /// <summary>For what is kept of segments' files; null: a sixteenth of what the process may use.</summary>
        public long? SegmentCacheBytes { get; set; }
    }

    public sealed class SealSection
    {
        public int Rows { get; set; } = 1 << 20;

        public long Bytes { get; set; } = 64L << 20;

        public TimeSpan Age { get; set; } = TimeSpan.FromMinutes(10);

        public bool Compact { get; set; } = true;
    }

    public sealed class ListenSection
    {
        public Endpoint Grpc { get; set; } = Endpoint.Parse("127.0.0.1:7447");

        public Endpoint Http { get; set; } = Endpoint.Parse("127.0.0.1:7448");

        public bool Insecure { get; set; }
    }

    public sealed class TlsSection
    {
        public string CertificateFile { get; set; } = "";

        public string KeyFile { get; set; } = "";
    }

    public sealed class AuthSection
    {
        public string TokensFile { get; set; } = "";

        /// <summary>Whether Flight's Handshake is answered.</summary>
        public bool Handshake { get; set; } = true;
    }

    public sealed class AppendSection
    {
        public int MaxUnansweredRequests { get; set; } = 1024;

        public long MaxUnansweredBytes { get; set; } = 64L << 20;

        /// <summary>How long an append waits for room in a full memory.</summary>
        public TimeSpan MemoryWait { get; set; } = TimeSpan.FromSeconds(10);

        public TimeSpan SlowAfter { get; set; } = TimeSpan.FromSeconds(1);
    }

    public sealed class ReadSection
    {
        /// <summary>How long a position that a call names is waited for.</summary>
        public TimeSpan PositionWait { get; set; } = TimeSpan.FromSeconds(10);
    }

    public sealed class ProducersSection
    {
        /// <summary>How long one is known that nobody uses.</summary>
        public TimeSpan Idle { get; set; } = TimeSpan.FromDays(7);
    }

    public sealed class SqlSection
    {
        /// <summary>Memory that all queries together may use; null: a fifth of what the process may use.</summary>
        public long? MemoryLimitBytes { get; set; }

        /// <summary>Threads that all queries share; null: one for each processor.</summary>
        public int? ThreadCount { get; set; }

        /// <summary>Queries that compute at one time; null: one for each processor.</summary>
        public int? MaxConcurrentQueries { get; set; }

        public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

        public TimeSpan SlowAfter { get; set; } = TimeSpan.FromSeconds(10);
    }

    public sealed class BackupSection
    {
        /// <summary>Where repositories are, with ; between them; empty: none.</summary>
        public string Repository { get; set; } = "";

        public string KeyFile { get; set; } = "";

        public string KeyVariable { get; set; } = "";

        public string KeyCommand { get; set; } = "";

        /// <summary>How often a snapshot is taken; zero: only when somebody asks.</summary>
        public TimeSpan Every { get; set; }

        /// <summary>As <see cref="Varve.Backup.KeepRules"/> writes them; empty: all stay.</summary>
        public string Keep { get; set; } = "";

        /// <summary>How often the log is shipped; zero: not at all.</summary>
        public TimeSpan Archive { get; set; }

        public long ArchiveLogBytesMax { get; set; } = 4L << 30;

        /// <summary>Of all repositories together; 0: no limit.</summary>
        public long BytesPerSecondMax { get; set; }

        /// <summary>How far behind the archive may be before that is an error; zero: any distance will do.</summary>
        public TimeSpan ArchiveLagMax { get; set; } = TimeSpan.FromMinutes(5);

        /// <summary>How often the newest snapshot is restored to a scratch place; zero: only when somebody asks.</summary>
        public TimeSpan DrillEvery { get; set; }

        /// <summary>Where that is; empty: drill in the data directory.</summary>
        public string DrillDirectory { get; set; } = "";
    }

    public sealed class FlightSection
    {
        public bool CreateStreamOnPut { get; set; } = true;

        /// <summary>How long the ticket of a statement may be used.</summary>
        public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromHours(1);
    }

    public sealed class RpcSection
    {
        public long MaxMessageBytes { get; set; } = 80L << 20;
    }

    public sealed class MetricsSection
    {
        public string OtlpEndpoint { get; set; } = "";

        public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.Grpc;

        public TimeSpan OtlpInterval { get; set; } = TimeSpan.FromSeconds(30);
    }

    public sealed class LogSection
    {
        public LogLevel Level { get; set; } = LogLevel.Information;

        /// <summary>Levels of single categories, by their first words: "Varve.Storage" = Debug.</summary>
        public Dictionary<string, LogLevel> Levels { get; } = new(StringComparer.Ordinal);

        public LogFormat Format { get; set; } = LogFormat.Text;
    }

    public sealed class ScrubSection
    {
        /// <summary>How fast everything is verified in the background; 0: it is not.</summary>
        public long BytesPerSecond { get; set; } = 4L << 20;

        public TimeSpan Interval { get; set; } = TimeSpan.FromDays(1);
    }

    public sealed class ShutdownSection
    {
        public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);
    }
}
