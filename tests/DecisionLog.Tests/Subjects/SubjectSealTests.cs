using System.Text;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Keten.Contracts.Identifiers;
using Keten.DecisionLog.Subjects;
using Keten.Protocol.V1;
using Microsoft.Extensions.Time.Testing;

namespace Keten.DecisionLog.Tests.Subjects;

public sealed class SubjectSealTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_tells_of_the_person_is_nowhere_in_the_files_in_the_clear()
    {
        using var temp = new TempLog();
        var record = Some.Decision(1);
        record.Decision.Justification = "acute dreiging";
        await AppendAsync(temp, record);

        foreach (var file in Directory.GetFiles(temp.Directory))
        {
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Token));
            Assert.All(
                [record.Decision.Subject, record.Decision.CaseReference, record.Decision.Justification, "subject_age"],
                personal => Assert.DoesNotContain(personal, text, StringComparison.Ordinal));
        }

        Assert.Equal(record.Decision, temp.Entries()[0].Record.Decision);
    }

    [Fact]
    public async Task Who_has_no_keys_reads_the_rest_and_sees_that_something_is_sealed()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(3);
        File.Delete(Path.Combine(temp.Directory, SubjectKeyFile.Name));

        Assert.All(temp.Entries(), entry => Assert.Equal(("", false, "naw-hergebruik"), (entry.Record.Decision.Subject, entry.Record.Sealed.IsEmpty, entry.Record.Decision.Purpose)));
    }

    [Fact]
    public async Task Who_sends_the_log_elsewhere_may_leave_it_sealed()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(1);
        var record = DecisionLogReader.Read(temp.Directory, openSubjects: false).Single();
        Assert.Equal(("", false), (record.Decision.Subject, record.Sealed.IsEmpty));
    }

    [Fact]
    public async Task Only_the_writers_user_may_read_the_keys()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(1);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no file modes");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(temp.Directory, SubjectKeyFile.Name)));
    }

    [Fact]
    public async Task A_person_keeps_one_key_over_restarts_and_each_person_has_another()
    {
        using var temp = new TempLog();
        await AppendAsync(temp, [.. Enumerable.Range(0, 20).Select(i => About(i % 5, $"a{i}"))]);
        await AppendAsync(temp, [.. Enumerable.Range(0, 20).Select(i => About(i % 5, $"b{i}"))]);

        var keys = temp.Entries().Select(entry => (entry.Record.Decision.Subject, entry.Record.SubjectKey)).Distinct().ToList();
        Assert.Equal(5, keys.Count);
        Assert.Equal(5, keys.Select(pair => pair.SubjectKey).Distinct().Count());
    }

    [Fact]
    public async Task Far_more_persons_than_are_kept_in_memory_are_all_read_again()
    {
        const int Persons = 20_000;
        using var temp = new TempLog();
        await AppendAsync(temp, [.. Enumerable.Range(0, Persons).Select(i => About(i, $"{i}"))]);
        await AppendAsync(temp, [.. Enumerable.Range(0, 500).Select(i => About(i * 37, $"again {i}"))]);

        var entries = temp.Entries();
        Assert.Equal(Persons + 500, entries.Count);
        Assert.All(entries, entry => Assert.True(entry.Record.Sealed.IsEmpty));
        Assert.Equal(Persons, entries.Select(entry => entry.Record.SubjectKey).Distinct().Count());
        Assert.All(entries.Skip(Persons).Select((entry, i) => (entry, i)), pair => Assert.Equal(entries[pair.i * 37].Record.SubjectKey, pair.entry.Record.SubjectKey));
    }

    [Fact]
    public async Task An_outcome_and_a_decision_about_nothing_need_no_key()
    {
        using var temp = new TempLog();
        await AppendAsync(
            temp,
            new LogRecord { Outcome = new OutcomeRecord { DecisionId = "d", GrpcStatus = 0 } },
            new LogRecord { Decision = new DecisionRecord { DecisionId = "e", ReasonCode = "CERTIFICATE_REQUIRED" } });
        Assert.All(temp.Entries(), entry => Assert.Equal(0, entry.Record.SubjectKey));
    }

    [Fact]
    public async Task The_words_of_a_call_that_names_nobody_are_sealed_too()
    {
        using var temp = new TempLog();
        await AppendAsync(temp, new LogRecord { Decision = new DecisionRecord { DecisionId = "d", CaseReference = "zaak-9", Justification = "spoed" } });
        Assert.DoesNotContain("zaak-9", Encoding.Latin1.GetString(temp.Entries()[0].Payload.Span), StringComparison.Ordinal);
        Assert.Equal("zaak-9", temp.Entries()[0].Record.Decision.CaseReference);
    }

    [Fact]
    public async Task A_seal_moved_to_another_record_of_the_same_person_does_not_open()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(2);
        var (first, second) = (LogRecord.Parser.ParseFrom(temp.Entries()[0].Payload.Span), LogRecord.Parser.ParseFrom(temp.Entries()[1].Payload.Span));
        first.Sealed = second.Sealed;
        using var opener = SubjectOpener.Of(temp.Directory);
        Assert.False(opener.Read(first.ToByteArray()).Sealed.IsEmpty);
        Assert.True(opener.Read(second.ToByteArray()).Sealed.IsEmpty);
    }

    [Fact]
    public async Task A_record_read_from_a_log_is_not_taken_for_a_new_one()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(1);
        var read = temp.Entries()[0].Record;
        await using var log = await temp.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(read, Token).AsTask());
    }

    [Fact]
    public void Any_record_comes_back_as_it_was()
    {
        var temp = Directory.CreateTempSubdirectory("keten-keys-").FullName;
        try
        {
            using var keys = SubjectKeyStore.Open(temp, 1_000_000, TimeProvider.System, _ => { });
            var text = Gen.String[0, 200];
            Gen.Select(text, text, text, Gen.Byte.Array[0, 300], Gen.Bool, text.List[0, 4]).Sample(
                (subject, reference, justification, facts, allowed, fields) =>
                {
                    var record = new LogRecord
                    {
                        Decision = new DecisionRecord
                        {
                            DecisionId = "019cade2-11c0-7183-96f0-73ae0acec4b2", Subject = Valid(subject), CaseReference = Valid(reference),
                            Justification = Valid(justification), AssertedFacts = ByteString.CopyFrom(facts), Allowed = allowed,
                        },
                    };
                    record.Decision.Fields.Add(fields.Select(Valid));
                    var encoded = record.ToByteArray();
                    var stored = RecordEncoding.Seal(encoded, record.Decision.Subject, keys).ToArray();
                    keys.Commit();
                    using var opener = SubjectOpener.Of(temp);
                    var read = opener.Read(stored);
                    Assert.True(stored.Length <= encoded.Length + RecordSeal.MaxGrowth);
                    Assert.Equal(record.Decision, read.Decision);
                },
                iter: 2_000, threads: 1);
        }
        finally
        {
            Directory.Delete(temp, recursive: true);
        }
    }

    [Fact]
    public void Every_field_of_a_decision_is_known_to_be_of_the_person_or_not()
    {
        string[] ofThePerson = ["subject", "case_reference", "asserted_facts", "justification"];
        string[] ofTheCall =
        [
            "decision_id", "transaction_id", "trace_id", "span_id", "enforcement_point", "caller", "target", "operation", "category", "action", "purpose", "actor",
            "actor_role", "requested_fields", "caller_involved", "target_involved", "caller_invited", "allowed", "reason_code", "caller_code", "rule", "fields",
            "obligations", "legal_basis", "retention_days", "break_glass", "policy_revision", "decided_at", "policy_time", "asked_by", "parent_span_id", "status",
            "sources",
        ];
        foreach (var field in DecisionRecord.Descriptor.Fields.InDeclarationOrder())
        {
            Assert.True(
                ofThePerson.Contains(field.Name) != ofTheCall.Contains(field.Name),
                $"decision.{field.Name} is new: does it tell of the person? Then it belongs in SubjectFields and in the first list, else in the second.");
            Assert.Equal(ofThePerson.Contains(field.Name), SubjectFields.Contains(SubjectFields.Of(LogRecord.DecisionFieldNumber), field.FieldNumber));
        }
    }

    [Fact]
    public void Every_field_of_a_review_is_known_to_be_of_the_person_or_not()
    {
        string[] ofTheReview = ["decision_id", "obligation", "verdict", "organisation", "reviewer", "remark_code", "reviewed_at", "access_decision_id"];
        foreach (var field in ReviewRecord.Descriptor.Fields.InDeclarationOrder())
        {
            Assert.True(
                field.Name == "remark" != ofTheReview.Contains(field.Name),
                $"review.{field.Name} is new: does it tell of the person? Then it belongs in SubjectFields, else in this list.");
            Assert.Equal(field.Name == "remark", SubjectFields.Contains(SubjectFields.Of(LogRecord.ReviewFieldNumber), field.FieldNumber));
        }
    }

    [Fact]
    public async Task What_belongs_to_a_record_is_sealed_with_its_key_and_never_with_a_new_one()
    {
        using var temp = new TempLog();
        await using var log = await temp.OpenAsync();
        await log.AppendAsync(About(1, "d"), Token);
        var key = temp.Entries()[0].Record.SubjectKey;
        await log.AppendAsync(Review(), key, Token);

        var read = temp.Entries()[1].Record;
        Assert.Equal((key, true, Review().Review), (read.SubjectKey, read.Sealed.IsEmpty, read.Review));
        Assert.Equal("", DecisionLogReader.Read(temp.Directory, openSubjects: false).Last().Review.Remark);

        log.Keys.Forget(Person(1));
        log.Keys.Destroy([key]);
        await Assert.ThrowsAsync<IOException>(async () => await log.AppendAsync(Review(), key, Token));
        Assert.Equal((2, 0), (temp.Entries().Count, log.Keys.Count));

        static LogRecord Review() => new() { Review = new ReviewRecord { DecisionId = "d", Obligation = "review-24h", Remark = "zelf gesproken" } };
    }

    [Fact]
    public async Task A_damaged_key_costs_its_own_records_only_and_is_told_at_start()
    {
        using var temp = new TempLog();
        await AppendAsync(temp, [.. Enumerable.Range(0, 5).Select(i => About(i, $"{i}"))]);
        var path = Path.Combine(temp.Directory, SubjectKeyFile.Name);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[64 + (2 * 64) + 30] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Token);

        Assert.Equal([true, true, false, true, true], temp.Entries().Select(entry => entry.Record.Sealed.IsEmpty));
        await using var log = await temp.OpenAsync();
        Assert.Contains(temp.Logger.Events, e => e.Id == 2008);
    }

    [Fact]
    public async Task Something_else_under_the_name_of_the_key_file_keeps_the_log_from_opening()
    {
        using var temp = new TempLog();
        await temp.WriteAsync(1);
        await File.WriteAllTextAsync(Path.Combine(temp.Directory, SubjectKeyFile.Name), "something else", Token);
        Assert.Contains(SubjectKeyFile.Name, (await Assert.ThrowsAsync<IOException>(() => temp.OpenAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_is_on_the_disk_before_the_record_that_needs_it()
    {
        using var temp = new TempLog();
        var broken = "";
        await using (var log = await temp.OpenAsync(sync: file =>
        {
            // The link the kernel keeps of an open file names it.
            var name = Path.GetFileName(File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName ?? "");
            if (Volatile.Read(ref broken) is { Length: > 0 } which && name.EndsWith(which, StringComparison.Ordinal))
            {
                throw new IOException("fdatasync failed: Input/output error (errno 5).");
            }

            NativeFile.SyncData(file);
        }))
        {
            await log.AppendAsync(About(1, "before"), Token);
            Volatile.Write(ref broken, ".keys");
            await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(About(2, "refused"), Token).AsTask());
            Volatile.Write(ref broken, "");
            await DecisionLogFailureTests.AppendUntilAcceptedAsync(log, About(2, "after"));
        }

        Assert.Equal(["before", "after"], temp.ReadIds());
        Assert.All(temp.Entries(), entry => Assert.True(entry.Record.Sealed.IsEmpty));
    }

    [Fact]
    public async Task A_disk_full_of_keys_refuses_and_nothing_is_acknowledged_that_cannot_be_opened()
    {
        using var temp = new TempLog();
        using var disk = SmallDisk.Mount(2 << 20);
        temp.Directory = Path.Combine(disk.Path, "log");
        var acknowledged = new List<string>();
        await using (var log = await temp.OpenAsync(segmentBytes: 64 << 10))
        {
            for (var person = 0; person < 20_000; person++)
            {
                try
                {
                    await log.AppendAsync(About(person, $"{person}"), Token);
                    acknowledged.Add($"{person}");
                }
                catch (IOException)
                {
                    break;
                }
            }
        }

        Assert.InRange(acknowledged.Count, 100, 19_999);
        Assert.Equal(acknowledged, temp.ReadIds());
        Assert.All(temp.Entries(), entry => Assert.True(entry.Record.Sealed.IsEmpty));
    }

    [Fact]
    public void New_keys_do_not_pile_up_while_the_disk_refuses()
    {
        using var temp = new TempLog();
        Directory.CreateDirectory(temp.Directory);
        using var keys = SubjectKeyStore.Open(temp.Directory, maxUnwritten: 3, new FakeTimeProvider(), NativeFile.SyncData);
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(i => keys.Get(Person(i)).Number));
        Assert.Contains("MaxPending", Assert.Throws<IOException>(() => keys.Get(Person(3))).Message, StringComparison.Ordinal);
        keys.Commit();
        Assert.Equal(4, keys.Get(Person(3)).Number);
    }

    internal static string Person(int number) => Pseudonym.Create("k1", [.. BitConverter.GetBytes(number), .. new byte[28]]).Value;

    internal static LogRecord About(int person, string id)
    {
        var record = Some.Decision(id);
        record.Decision.Subject = Person(person);
        record.RecordedAt = null;
        return record;
    }

    internal static async Task AppendAsync(TempLog temp, params LogRecord[] records)
    {
        await using var log = await temp.OpenAsync(segmentBytes: 64 << 20);
        await Task.WhenAll(records.Select(record => log.AppendAsync(record, Token).AsTask()));
    }

    // Half a surrogate pair is no text that protobuf can hold.
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
