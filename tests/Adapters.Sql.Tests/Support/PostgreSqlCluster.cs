using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

[assembly: AssemblyFixture(typeof(Keten.Adapters.Sql.Tests.Support.PostgreSqlCluster))]

namespace Keten.Adapters.Sql.Tests.Support;

/// <summary>
/// A private PostgreSQL server on loopback, in a folder of its own, started when the first test asks and stopped at the end. Tests that need it are
/// skipped where the machine has no PostgreSQL.
/// </summary>
public sealed class PostgreSqlCluster : IAsyncDisposable
{
    private const string Owner = "nobody";
    private static readonly string[] Places = ["/usr/local/bin", "/usr/local/pgsql/bin", .. Versions()];

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("keten-pg-").FullName;
    private string? _binaries;
    private int _port;
    private int _databases;

    /// <summary>A new, empty database; the connection string of its owner.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await StartedAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"keten{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<long> CountAsync(string connectionString, string table)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // A test's own word.
        await using var command = new NpgsqlCommand($"SELECT COUNT(*) FROM {table}", connection);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_port > 0)
        {
            await RunAsync("pg_ctl", "-D", $"{_folder}/data", "-m", "immediate", "-w", "stop");
        }

        Directory.Delete(_folder, recursive: true);
        _gate.Dispose();
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=keten;Password=geheim-wachtwoord;Database={database};Pooling=false;Timeout=5";

    private async Task StartedAsync()
    {
        _binaries = Places.FirstOrDefault(p => File.Exists($"{p}/initdb") && File.Exists($"{p}/pg_ctl"));
        Assert.SkipWhen(_binaries is null, "no PostgreSQL on this machine (initdb and pg_ctl): apt-get install postgresql");
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_port > 0)
            {
                return;
            }

            await File.WriteAllTextAsync($"{_folder}/password", "geheim-wachtwoord");
            if (Environment.IsPrivilegedProcess)
            {
                // PostgreSQL does not run as root.
                await RunProcessAsync("chown", ["-R", Owner, _folder]);
            }

            await RunAsync("initdb", "-D", $"{_folder}/data", "-U", "keten", "--auth=scram-sha-256", $"--pwfile={_folder}/password", "-E", "UTF8", "--no-sync");
            var port = FreePort();
            await RunAsync("pg_ctl", "-D", $"{_folder}/data", "-w", "-t", "60", "-l", $"{_folder}/server.log",
                "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off", "start");
            _port = port;
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task RunAsync(string tool, params string[] arguments)
    {
        string[] all = [$"{_binaries}/{tool}", .. arguments];
        return Environment.IsPrivilegedProcess
            ? RunProcessAsync("setpriv", [$"--reuid={Owner}", "--clear-groups", .. all])
            : RunProcessAsync(all[0], all[1..]);
    }

    private async Task RunProcessAsync(string file, string[] arguments)
    {
        // The server inherits its starter's output; a pipe would never end, so the output goes to no one and the server's log to a file.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder };
        foreach (var argument in (string[])["-c", "exec \"$@\" >>\"$0\" 2>&1", $"{_folder}/tools.log", file, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} ended with {process.ExitCode}: {await File.ReadAllTextAsync($"{_folder}/tools.log")}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IEnumerable<string> Versions() =>
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(v => $"{v}/bin") : [];
}
