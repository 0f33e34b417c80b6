using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Adapters.Sdk.Mapping;

namespace Keten.Adapters.Fhir.Mapping;

/// <summary>Reads the section <c>server</c>. No message of it repeats what is in a file.</summary>
internal sealed class ServerParser
{
    private readonly YamlMap _map;
    private readonly string _folder;
    private readonly Faults _faults;

    private ServerParser(YamlMap map, string file, Faults faults) => (_map, _folder, _faults) = (map, Path.GetDirectoryName(Path.GetFullPath(file))!, faults);

    public static ServerSettings? Read(YamlMap root, string file, Faults faults)
    {
        if (!root.Has("server"))
        {
            faults.Add(root.Line, "server", "missing, and required");
            return null;
        }

        return root.Map("server") is { } map ? new ServerParser(map, file, faults).Read() : null;
    }

    private ServerSettings? Read()
    {
        _map.Allow("base", "certificate", "key", "authority", "token_file", "timeout_seconds", "max_answer_kilobytes", "time_zone");
        var address = Base();
        var zone = MappingFile.Zone(_map, _faults);
        var (certificate, key, authority, token) = (FileAt("certificate"), FileAt("key"), FileAt("authority"), FileAt("token_file"));
        var timeout = Number("timeout_seconds", 5, 1, 300);
        var most = Number("max_answer_kilobytes", 4096, 16, 1_048_576);
        if (_map.Has("certificate") != _map.Has("key"))
        {
            Fault("certificate", "'certificate' and 'key' go together");
        }
        else if (certificate is not null && key is not null && !CanLoad(() => X509Certificate2.CreateFromPemFile(certificate, key).HasPrivateKey))
        {
            Fault("certificate", "expected a PEM certificate, and at 'key' its private key in PEM, not encrypted");
        }

        if (authority is not null && !CanLoad(() => HasCertificates(authority)))
        {
            Fault("authority", "expected PEM certificates");
        }

        if (token is not null && BearerToken.Read(token) is null)
        {
            Fault("token_file", "expected one line with a bearer token");
        }

        return address is null || zone is null || timeout is null || most is null ? null : new ServerSettings(address, zone, _map.Line)
        {
            Certificate = certificate,
            Key = key,
            Authority = authority,
            TokenFile = token,
            Timeout = TimeSpan.FromSeconds(timeout.Value),
            MaxAnswerBytes = most.Value * 1024,
        };
    }

    private Uri? Base()
    {
        if (_map.Text("base", required: true) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.UserInfo.Length + address.Query.Length + address.Fragment.Length > 0
            || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            Fault("base", "expected an https address without user, query or fragment, such as https://fhir.intern.example/r4; http only to this machine itself");
            return null;
        }

        return address;
    }

    private string? FileAt(string key)
    {
        if (_map.Text(key) is not { } text)
        {
            return null;
        }

        var path = Path.GetFullPath(text, _folder);
        if (File.Exists(path))
        {
            return path;
        }

        Fault(key, "no such file");
        return null;
    }

    private int? Number(string key, int otherwise, int least, int most)
    {
        if (!_map.Has(key))
        {
            return otherwise;
        }

        if (int.TryParse(_map.Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(key, $"expected a whole number, {least} to {most}");
        return null;
    }

    private void Fault(string key, string message) => _faults.Add(_map.LineOf(key), _map.Key(key), message);

    private static bool HasCertificates(string path)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(path);
        return all.Count > 0;
    }

    private static bool CanLoad(Func<bool> load)
    {
        try
        {
            return load();
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The caller tells what was expected; what the file holds is nobody's business.
            return false;
        }
    }
}
