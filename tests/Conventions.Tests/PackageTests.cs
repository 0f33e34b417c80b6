using System.Xml.Linq;

namespace Keten.Conventions.Tests;

public sealed class PackageTests
{
    [Fact]
    public void Versions_are_set_in_one_place()
    {
        var broken =
            from file in Repository.AllFiles
            where file.EndsWith(".csproj", StringComparison.Ordinal) || file.EndsWith(".props", StringComparison.Ordinal)
                || file.EndsWith(".targets", StringComparison.Ordinal)
            from reference in XDocument.Parse(Repository.Read(file)).Descendants("PackageReference")
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null || reference.Element("Version") is not null
            select $"{file}: {(string?)reference.Attribute("Include")} has a version; it belongs in Directory.Packages.props";

        Broken.None(broken);
    }

    [Fact]
    public void Every_package_has_its_reason()
    {
        var reasons = Repository.Read("docs/decisions/0002-dependencies.md");
        var packages = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion").Select(p => (string?)p.Attribute("Include"));

        Assert.All(packages, package => Assert.Contains($"`{package}`", reasons, StringComparison.Ordinal));
    }
}
