using Keten.Adapters.Sdk.Mapping;
using Keten.Adapters.Sdk.Ports;
using Keten.Adapters.Sql.Database;
using Keten.Adapters.Sql.Sources;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Keten.Adapters.Sql;

/// <summary>Registers an existing database as the source of an adapter.</summary>
public static class SqlSourceExtensions
{
    /// <summary>Loads a mapping file and registers exactly the ports it describes.</summary>
    /// <exception cref="MappingException">The file cannot be used; the host must not start.</exception>
    public static IServiceCollection AddSqlSource(this IServiceCollection services, string mappingPath) => services.AddSqlSource(SqlMapping.Load(mappingPath));

    /// <summary>
    /// Registers exactly the ports a mapping describes. When the host starts, every table, column and query of it is checked against the database:
    /// <see cref="MappingException"/> when they do not agree, <see cref="SourceUnavailableException"/> when the database does not answer.
    /// </summary>
    public static IServiceCollection AddSqlSource(this IServiceCollection services, SqlMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(mapping);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(mapping);
        services.AddSingleton(provider => SqlDatabase.Create(mapping.Database, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<SqlSourceCheck>();
        foreach (var section in mapping.Sections)
        {
            _ = section switch
            {
                "clients" => services.AddSingleton<IClientDirectory, SqlClientDirectory>(),
                "person" => services.AddSingleton<IPersonSource, SqlPersonSource>(),
                "household" => services.AddSingleton<IHouseholdSource, SqlHouseholdSource>(),
                "involvement" => services.AddSingleton<IInvolvementSource, SqlInvolvementSource>(),
                "plan" => services.AddSingleton<IPlanSource, SqlPlanSource>(),
                "crisis_intake" => services.AddSingleton<ICrisisIntakeSource, SqlCrisisIntakeSource>(),
                _ => services.AddSingleton<IPersonFactsSource, SqlPersonFactsSource>(),
            };
        }

        return services;
    }
}
