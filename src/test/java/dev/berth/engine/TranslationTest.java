package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.TranslatedStream.Step;
import dev.berth.json.Json;
import dev.berth.model.Container;
import dev.berth.model.Container.HostPort;
import dev.berth.model.ContainerPort;
import dev.berth.model.Cpus;
import dev.berth.model.Failure;
import dev.berth.model.Image;
import dev.berth.model.ImageRef;
import dev.berth.model.MemorySize;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What real engines said, in our words.
class TranslationTest {
    private static final String ID = "6ca23df0f517c94f2d41dbfc912f000df8522a44616f07d3f0d18769f2698a17";

    @Test
    void aRunningContainerIsReadWhole() {
        Container it = ContainerJson.read(Recorded.answer("inspect-running"));
        assertEquals(ID, it.id().hex());
        assertEquals("rec1", it.name());
        assertEquals("busybox", it.image());
        assertEquals(Status.RUNNING, it.status());
        assertEquals(
                Instant.parse("2026-11-23T15:16:57.588498802Z"), it.startedAt().orElseThrow());
        assertTrue(it.finishedAt().isEmpty()
                && it.exitCode().isEmpty()
                && it.error().isEmpty());
        assertEquals(Optional.of("healthy"), it.health());
        assertEquals(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3), it.restartPolicy());
        assertEquals(7619, it.pid());
        assertEquals(Optional.of(MemorySize.parse("64m")), it.memoryLimit());
        assertEquals(Optional.of(new Cpus(500_000_000)), it.cpuLimit());
        assertTrue(it.pidsLimit().isEmpty());
        assertEquals(List.of("httpd", "-f", "-h", "/var/www"), it.command());
        assertEquals(List.of(), it.entrypoint());
        assertEquals("web1", it.hostname());
        assertEquals("b", it.labels().get("a"));
        Container.Attachment network =
                Optional.ofNullable(it.networks().get("n1")).orElseThrow();
        assertEquals(Optional.of("172.31.78.20"), network.ipAddress());
        assertTrue(network.ipv6Address().isEmpty() && network.aliases().contains("al"));
    }

    @Test
    void portsAreTheBoundOnesWhileItRunsAndTheWantedOnesAfter() {
        var web = new HostPort("127.0.0.1", 18_099);
        assertEquals(
                Map.of(
                        ContainerPort.parse("53/udp"),
                        List.of(new HostPort("0.0.0.0", 32_768), new HostPort("::", 32_768)),
                        ContainerPort.parse("80"),
                        List.of(web),
                        ContainerPort.parse("99"),
                        List.of()),
                ContainerJson.read(Recorded.answer("inspect-running")).ports());
        assertEquals(
                Map.of(
                        ContainerPort.parse("53/udp"),
                        List.of(),
                        ContainerPort.parse("80"),
                        List.of(web),
                        ContainerPort.parse("99"),
                        List.of()),
                ContainerJson.read(Recorded.answer("inspect-stopped")).ports());
    }

    @Test
    void aStoppedContainerHasAnExitCodeAndNoAddress() {
        Container it = ContainerJson.read(Recorded.answer("inspect-stopped"));
        assertEquals(Status.EXITED, it.status());
        assertEquals(OptionalInt.of(137), it.exitCode());
        assertTrue(it.finishedAt().isPresent() && it.pid() == 0);
        assertTrue(
                it.networks().values().stream().allMatch(one -> one.ipAddress().isEmpty()));
    }

    @Test
    void aContainerThatCouldNotStartNeverRan() {
        Container it = ContainerJson.read(Recorded.answer("inspect-start-refused"));
        assertEquals(Status.CREATED, it.status());
        assertTrue(it.startedAt().isEmpty() && it.exitCode().isEmpty());
        assertTrue(it.error().contains("/nosuch"));
    }

    @Test
    void mountsAreSortedOut() {
        List<Container.Mount> mounts =
                ContainerJson.read(Recorded.answer("inspect-running")).mounts();
        Container.Mount data = mounts.stream()
                .filter(it -> it.destination().equals("/data"))
                .findFirst()
                .orElseThrow();
        assertEquals("volume", data.type());
        assertEquals(Optional.of("data1"), data.name());
        assertTrue(data.readOnly());
    }

    @Test
    void podmansWordsAreUnderstood() {
        Json podman = Recorded.json("{'Id':'" + ID + "','Name':'x','Image':'" + ID + "','Created':"
                + "'2026-11-23T15:16:57+01:00','State':{'Status':'configured','StartedAt':'0001-01-01T00:00:00Z',"
                + "'Health':{'Status':''}},'Config':{'Image':'docker.io/library/busybox:latest','Cmd':null},"
                + "'HostConfig':{'RestartPolicy':{'Name':''},'CpuQuota':150000,'CpuPeriod':0,'Memory':0}}");
        Container it = ContainerJson.read(podman);
        assertEquals("sha256:" + ID, it.imageId().text());
        assertEquals(Status.CREATED, it.status());
        assertEquals(Instant.parse("2026-11-23T14:16:57Z"), it.created());
        assertEquals(RestartPolicy.NO, it.restartPolicy());
        assertEquals(Optional.of(new Cpus(1_500_000_000)), it.cpuLimit());
        assertTrue(it.health().isEmpty() && it.memoryLimit().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"50, 50", "0, ", "-1, ", "null, "})
    void aLimitOfProcessesIsNoneUnlessItIsPositive(String written, @Nullable Long read) {
        Json inspect = Recorded.json("{'Id':'" + ID + "','Image':'" + ID
                + "','State':{'Status':'created'},'HostConfig':{'PidsLimit':" + written + "}}");
        assertEquals(
                read == null ? OptionalLong.empty() : OptionalLong.of(read),
                ContainerJson.read(inspect).pidsLimit());
    }

    @Test
    void aContainerWithoutAnIdIsNonsense() {
        assertThrows(
                Failure.EngineNonsense.class,
                () -> Conversation.read("a container", () -> ContainerJson.read(Json.Obj.empty())));
    }

    @Test
    void anImageIsReadWithItsReferences() {
        Image it = ImageJson.read(Recorded.answer("image"));
        assertEquals(List.of(ImageRef.parse("busybox:latest")), it.tags());
        assertEquals(
                List.of("registry.lab:5000/library/busybox", "busybox"),
                it.digests().stream().map(ImageRef::repository).toList());
        assertEquals(Optional.of("2026-11-23T15:16:14.716304175Z"), it.created());
        assertTrue(it.sizeBytes() > 1_000_000);
        assertEquals("amd64", it.architecture());
        Image dangling = ImageJson.read(
                Recorded.json("{'Id':'sha256:" + ID + "','RepoTags':['<none>:<none>'],'RepoDigests':null}"));
        assertEquals(List.of(), dangling.tags());
    }

    @Test
    void statisticsOfTheOldCgroupsAreRead() {
        StatsRecord first = record("stats-v1-first");
        assertTrue(first.cpuBefore().isEmpty());
        assertEquals(OptionalLong.of(2_580_480), first.memoryUsage());
        assertEquals(OptionalLong.of(4_444_160), first.memoryMaximum());
        assertEquals(OptionalLong.of(434_176), first.inactiveFile());
        assertEquals(OptionalLong.of(1), first.pids());
        assertEquals(OptionalLong.of(736), first.networkReceived());
        assertEquals(OptionalLong.of(0), first.blockRead());
        StatsRecord second = record("stats-v1-second");
        assertEquals(first.cpu().container(), second.cpuBefore().orElseThrow().container());
        assertEquals(2, second.cpu().cpus());
    }

    @Test
    void statisticsOfTheNewCgroupsAreRead() {
        StatsRecord it = record("stats-v2");
        assertEquals(new StatsRecord.CpuCounters(899_287_000, OptionalLong.of(105_270_000_000L), 2), it.cpu());
        assertTrue(it.cpuBefore().isEmpty() && it.memoryMaximum().isEmpty());
        assertTrue(it.inactiveFile().isPresent());
        assertEquals(OptionalLong.of(405_504), it.blockRead());
        assertEquals(OptionalLong.of(8_400_896), it.blockWritten());
        assertEquals(OptionalLong.of(1_112), it.networkReceived());
    }

    @Test
    void aStoppedContainersStatisticsEndTheStream() {
        assertInstanceOf(Step.End.class, StatsJson.read(Recorded.answer("stats-stopped")));
    }

    @Test
    void countersBeyondSixtyThreeBitsStayAtTheTop() {
        StatsRecord it = item(
                StatsJson.read(
                        Recorded.json(
                                "{'read':'2026-01-01T00:00:00Z','networks':{'a':{'rx_bytes':18446744073709551615},'b':{'rx_bytes':5}}}")));
        assertEquals(OptionalLong.of(Long.MAX_VALUE), it.networkReceived());
    }

    @Test
    void anEventIsRead() {
        EngineEvent docker = item(EventJson.read(Recorded.json("{'status':'die','id':'x','Type':'container',"
                + "'Action':'die','Actor':{'ID':'x','Attributes':{'exitCode':'3'}},'time':1,'timeNano':1000000005}")));
        assertEquals(new EngineEvent("container", "die", "x", Map.of("exitCode", "3"), 1_000_000_005), docker);
        EngineEvent podman = item(EventJson.read(
                Recorded.json("{'Type':'image','Action':'remove','Actor':{'ID':'" + ID + "'},'time':2}")));
        assertEquals(new EngineEvent("image", "delete", "sha256:" + ID, Map.of(), 2_000_000_000), podman);
        assertInstanceOf(Step.Skip.class, EventJson.read(Json.Obj.empty()));
    }

    @Test
    void sinceIsSecondsAndNanos() {
        assertEquals(
                "1767225600.000000007",
                EventJson.request(Instant.parse("2026-01-01T00:00:00.000000007Z"))
                        .query()
                        .get("since"));
    }

    @Test
    void aPullsLinesAreStepsAndItsErrorsAreThrown() {
        ImageRef nginx = ImageRef.parse("nginx");
        PullStep step = item(PullJson.read(
                Recorded.json("{'status':'Downloading','progressDetail':{'current':5,'total':9},'id':'e2700440b601'}"),
                nginx));
        assertEquals(
                new PullStep("Downloading", Optional.of("e2700440b601"), OptionalLong.of(5), OptionalLong.of(9)), step);
        Failure denied = assertThrows(
                Failure.Rejected.class,
                () -> PullJson.read(
                        Recorded.json("{'errorDetail':{'message':'unauthorized: authentication required'}}"), nginx));
        assertEquals("registry-denied", denied.code());
        assertThrows(Failure.Rejected.class, () -> PullJson.read(Recorded.json("{'error':'no space left'}"), nginx));
    }

    private static StatsRecord record(String name) {
        return item(StatsJson.read(Recorded.answer(name)));
    }

    private static <T> T item(Step<T> step) {
        if (step instanceof Step.Item<T>(T value)) return value;
        throw new AssertionError("no item: " + step);
    }
}
