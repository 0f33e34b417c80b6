using Microsoft.Extensions.Logging;

namespace Keten.Identity.Tests;

internal sealed record LogEntry(LogLevel Level, string Category, int Id, string Text, Exception? Exception);
