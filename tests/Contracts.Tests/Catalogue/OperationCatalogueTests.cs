using Google.Protobuf.Reflection;
using Keten.Contracts.Catalogue;
using Keten.Protocol.V1;
using Keten.TestKit;
using YamlDotNet.Serialization;
using static Keten.Contracts.Tests.Catalogue.Contract;

namespace Keten.Contracts.Tests.Catalogue;

public sealed class OperationCatalogueTests
{
    private static readonly FileDescriptor[] Released =
    [
        PersonServiceReflection.Descriptor, InvolvementServiceReflection.Descriptor, InvolvementIndexServiceReflection.Descriptor,
        ConsultationServiceReflection.Descriptor, DirectoryServiceReflection.Descriptor, CaseSystemServiceReflection.Descriptor,
        ProcessingLogServiceReflection.Descriptor, PlanServiceReflection.Descriptor, CrisisServiceReflection.Descriptor,
    ];

    [Fact]
    public void This_version_has_no_faults() => Assert.Empty(OperationCatalogue.Current.Faults);

    [Fact]
    public void Holds_exactly_the_methods_that_reach_the_federation()
    {
        var methods = Released.SelectMany(f => f.Services).SelectMany(s => s.Methods)
            .Where(m => m.GetOptions().GetExtension(AccessExtensions.Method).Reach == Reach.Federation).Select(m => $"/{m.Service.FullName}/{m.Name}");
        Assert.Equal(methods.Order(), OperationCatalogue.Current.Operations.Select(o => o.Path).Order());
    }

    [Fact]
    public void A_local_method_is_absent_and_no_fault()
    {
        Assert.DoesNotContain(OperationCatalogue.Current.Operations, o => o.Path.Contains("CaseSystemService", StringComparison.Ordinal));
        Assert.False(OperationCatalogue.Current.TryGet("/keten.adapter.v1.CaseSystemService/GetPseudonym", out _));
        var catalogue = OperationCatalogue.FromDescriptors([Of(new MethodAccess { Reach = Reach.Local }, Message("Answer", Text("anything", null)))]);
        Assert.Empty(catalogue.Operations);
        Assert.Empty(catalogue.Faults);
    }

    [Theory]
    [InlineData("/keten.person.v1.PersonService/GetPerson", "naw", "read", false, false)]
    [InlineData("/keten.person.v1.PersonService/WatchPerson", "naw", "subscribe", false, true)]
    [InlineData("/keten.person.v1.PersonService/CorrectPerson", "naw", "update", true, false)]
    [InlineData("/keten.person.v1.HouseholdService/GetHousehold", "gezinssamenstelling", "read", false, false)]
    [InlineData("/keten.person.v1.HouseholdService/WatchHousehold", "gezinssamenstelling", "subscribe", false, true)]
    [InlineData("/keten.involvement.v1.InvolvementService/GetInvolvement", "betrokkenheid", "read", false, false)]
    [InlineData("/keten.plan.v1.PlanService/GetPlan", "plan", "read", false, false)]
    [InlineData("/keten.crisis.v1.CrisisIntakeService/GetCrisisIntakes", "crisis-intake", "read", false, false)]
    [InlineData("/keten.consultation.v1.ConsultationService/Convene", "overleg", "convene", true, false)]
    public void Knows_what_each_method_means(string path, string category, string action, bool delivers, bool streams)
    {
        Assert.True(OperationCatalogue.Current.TryGet(path, out var operation));
        Assert.Equal((category, action, delivers, streams), (operation.Category, operation.Action, operation.Delivers, operation.Streams));
        Assert.Equal(delivers ? operation.Method.InputType : operation.Method.OutputType, operation.DataMessage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("keten.person.v1.PersonService/GetPerson")]
    [InlineData("/keten.person.v1.PersonService/getperson")]
    [InlineData("/keten.person.v1.PersonService/GetPerson/")]
    [InlineData("//keten.person.v1.PersonService/GetPerson")]
    [InlineData("/keten.person.v1.PersonService/GetPerson ")]
    [InlineData("/keten.person.v1.PersonService/DeletePerson")]
    public void A_path_that_is_not_exactly_one_of_them_is_unknown(string path) => Assert.False(OperationCatalogue.Current.TryGet(path, out _));

    [Fact]
    public void The_fields_of_every_operation_are_those_of_its_category_in_the_register_and_the_other_way_round()
    {
        var register = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<Register>(
            File.ReadAllText(Path.Combine(Repository.Root, "src/PolicyBundles/keten/data/categories.yaml")));
        Assert.All(OperationCatalogue.Current.Operations, o => Assert.Equal(register.Categories[o.Category].Fields, o.Fields));
        Assert.Equal(["betrokkenheid", "crisis-intake", "gezinssamenstelling", "naw", "overleg", "plan", "sociale-kaart", "verwerkingen-log"], OperationCatalogue.Current.Operations.Select(o => o.Category).Distinct().Order());
    }

    [Fact]
    public void The_register_and_the_contract_give_a_category_the_same_class()
    {
        var register = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<Register>(
            File.ReadAllText(Path.Combine(Repository.Root, "src/PolicyBundles/keten/data/categories.yaml")));
        var fields = Released.SelectMany(f => f.Dependencies).Concat(Released).Distinct().SelectMany(f => f.MessageTypes).SelectMany(m => m.Fields.InDeclarationOrder())
            .Select(f => f.GetOptions()?.GetExtension(AccessExtensions.Field)?.Data).OfType<DataField>().ToList();
        Assert.NotEmpty(fields);
        Assert.All(fields, f => Assert.Equal(register.Categories[f.Category].Class, f.GdprClass.ToString().ToLowerInvariant()));
    }

    public static TheoryData<string, MethodAccess?> MethodFaults => new()
    {
        { "no options", null },
        { "no reach", new MethodAccess { Category = "naw", Action = AccessAction.Read } },
        { "no category", new MethodAccess { Reach = Reach.Federation, Action = AccessAction.Read } },
        { "no action", new MethodAccess { Reach = Reach.Federation, Category = "naw" } },
        { "an action of a later version", new MethodAccess { Reach = Reach.Federation, Category = "naw", Action = (AccessAction)99 } },
        { "a reach of a later version", new MethodAccess { Reach = (Reach)99, Category = "naw", Action = AccessAction.Read } },
    };

    [Theory]
    [MemberData(nameof(MethodFaults), DisableDiscoveryEnumeration = true)]
    public void A_method_that_does_not_say_what_it_means_is_denied_and_named(string why, MethodAccess? access)
    {
        var catalogue = OperationCatalogue.FromDescriptors([Of(access, Message("Answer", Data("name")))]);
        Assert.True(catalogue.Operations.Count == 0, why);
        Assert.Contains("keten.test.v1.TestService.Ask", Assert.Single(catalogue.Faults), StringComparison.Ordinal);
    }

    public static TheoryData<string, FieldDescriptorProto> FieldFaults => new()
    {
        { "no options", Text("name", null) },
        { "empty options", Text("name", new FieldAccess()) },
        { "another category", Data("name", "medisch-dossier") },
        { "no category", Data("name", "") },
        { "no GDPR class", Data("name", gdpr: GdprClass.Unspecified) },
        { "a text that poses as an envelope", Text("name", new FieldAccess { Envelope = true }) },
        { "an envelope that says it is none", Envelope("name", "Nothing", access: new FieldAccess { Envelope = false }) },
    };

    [Theory]
    [MemberData(nameof(FieldFaults), DisableDiscoveryEnumeration = true)]
    public void One_field_that_does_not_say_what_it_is_denies_the_whole_method(string why, FieldDescriptorProto field)
    {
        var catalogue = OperationCatalogue.FromDescriptors([Of(Read(), Message("Answer", Data("good"), field))]);
        Assert.True(catalogue.Operations.Count == 0, why);
        Assert.Contains("keten.test.v1.Answer.name", Assert.Single(catalogue.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_faulty_method_does_not_take_its_neighbours_along()
    {
        var catalogue = OperationCatalogue.FromDescriptors(
            [Of([Method("Bad", Read(), "Unclear"), Method("Good", Read(), "Clear")], Message("Unclear", Text("name", null)), Message("Clear", Data("name")))]);
        Assert.Equal("/keten.test.v1.TestService/Good", Assert.Single(catalogue.Operations).Path);
        Assert.Single(catalogue.Faults);
    }

    [Fact]
    public void Looks_through_envelopes_and_lists_at_any_depth_for_a_field_without_options()
    {
        var catalogue = OperationCatalogue.FromDescriptors([Of(Read(),
            Message("Answer", Envelope("pages", "Page", repeated: true)), Message("Page", Envelope("inner", "Inner")), Message("Inner", Data("name"), Text("leak", null)))]);
        Assert.Empty(catalogue.Operations);
        Assert.Contains("keten.test.v1.Inner.leak", Assert.Single(catalogue.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Uses_the_catalogue_name_where_the_field_gives_one()
    {
        var catalogue = OperationCatalogue.FromDescriptors([Of(Read(), Message("Answer", Data("naam", rename: "family_name"), Data("city")))]);
        Assert.Equal(["family_name", "city"], Assert.Single(catalogue.Operations).Fields);
    }

    [Fact]
    public void A_message_that_holds_itself_is_read_once()
    {
        var catalogue = OperationCatalogue.FromDescriptors([Of(Read(), Message("Answer", Data("name"), Envelope("more", "Answer", repeated: true)))]);
        Assert.Equal(["name"], Assert.Single(catalogue.Operations).Fields);
    }

    [Fact]
    public void Of_a_delivery_it_is_the_request_that_carries_the_data()
    {
        var catalogue = OperationCatalogue.FromDescriptors(
            [Of(new MethodAccess { Reach = Reach.Federation, Category = "naw", Action = AccessAction.Submit }, Message("Report", Data("name")))]);
        var operation = Assert.Single(catalogue.Operations);
        Assert.True(operation.Delivers);
        Assert.Equal(("Report", "name"), (operation.DataMessage.Name, Assert.Single(operation.Fields)));
    }

    private sealed class Register
    {
        [YamlMember(Alias = "categories")]
        public Dictionary<string, Category> Categories { get; set; } = [];
    }

    private sealed class Category
    {
        [YamlMember(Alias = "fields")]
        public List<string> Fields { get; set; } = [];

        [YamlMember(Alias = "class")]
        public string Class { get; set; } = "";
    }
}
