package dev.berth.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small nouns: ports, policies, mounts, shares of CPU, ids.
class NounsTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "80, 80/tcp",
        "80/tcp, 80/tcp",
        "53/udp, 53/udp",
        "36412/sctp, 36412/sctp",
        "80/TCP, 80/tcp",
        "080, 80/tcp",
        "65535/udp, 65535/udp",
        "1, 1/tcp"
    })
    void aContainerPortIsReadAndPrinted(String text, String printed) {
        ContainerPort port = ContainerPort.parse(text);
        assertEquals(printed, port.toString());
        assertEquals(port, ContainerPort.parse(port.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "65536",
                "99999",
                "-1",
                "80/",
                "/tcp",
                "80/icmp",
                "80 /tcp",
                "80/tcp ",
                "8080:80",
                "80-90",
                "http",
                "1.5",
                "80/tcp/udp",
                "123456",
                "٨٠",
                "80/ſctp"
            })
    void whatIsNoContainerPortIsRefused(String text) {
        assertThrows(Failure.Invalid.class, () -> ContainerPort.parse(text));
    }

    @Test
    void everyPortOfEveryProtocolReadsBack() {
        for (ContainerPort.Protocol protocol : ContainerPort.Protocol.values())
            for (int number = 1; number <= 65_535; number += 257) {
                var port = new ContainerPort(number, protocol);
                assertEquals(port, ContainerPort.parse(port.toString()));
            }
    }

    @Test
    void portsAreOrderedByNumberThenProtocol() {
        var sorted = Stream.of("443", "80/udp", "80/tcp")
                .map(ContainerPort::parse)
                .sorted()
                .map(ContainerPort::toString)
                .toList();
        assertEquals(java.util.List.of("80/tcp", "80/udp", "443/tcp"), sorted);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void aHostPortIsOneTo65535(int number) {
        assertThrows(Failure.Invalid.class, () -> new PortBinding(Optional.empty(), OptionalInt.of(number)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "always", "unless-stopped", "on-failure", "on-failure:1", "on-failure:999999"})
    void aRestartPolicyReadsBackWhatItPrints(String text) {
        assertEquals(text, RestartPolicy.parse(text).toString());
    }

    @Test
    void onFailureWithZeroRetriesIsWithoutEnd() {
        assertEquals(RestartPolicy.parse("on-failure"), RestartPolicy.parse("on-failure:0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "No",
                "never",
                "on_failure",
                "on-failure:",
                "on-failure:-1",
                "on-failure:x",
                "on-failure:1234567",
                "always:3",
                "no:0",
                "unless-stopped:1",
                " no",
                "no\n"
            })
    void whatIsNoRestartPolicyIsRefused(String text) {
        assertThrows(Failure.Invalid.class, () -> RestartPolicy.parse(text));
    }

    @Test
    void onlyOnFailureHasRetries() {
        assertThrows(Failure.Invalid.class, () -> new RestartPolicy(RestartPolicy.Kind.ALWAYS, 1));
        assertThrows(Failure.Invalid.class, () -> new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, -1));
    }

    @ParameterizedTest
    @CsvSource({
        "data:/var/lib/x, data, /var/lib/x, false",
        "data:/x:ro, data, /x, true",
        "a.b_c-9:/x y, a.b_c-9, /x y, false",
        "data:/x:rw, data, /x, false"
    })
    void aVolumeIsReadAndReadsBackWhatItPrints(String text, String volume, String target, boolean readOnly) {
        VolumeMount mount = VolumeMount.parse(text);
        assertEquals(new VolumeMount(volume, target, readOnly), mount);
        assertEquals(mount, VolumeMount.parse(mount.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "data",
                "data:",
                "data:x",
                ":/x",
                "data:/",
                "data:/x:",
                "data:/x:z",
                "data:/x:ro:ro",
                "d:/x",
                "-d:/x",
                "da ta:/x",
                "/srv/../x:/x",
                "./x:/x",
                "~/x:/x",
                "../x:/x"
            })
    void whatIsNoVolumeIsRefused(String text) {
        assertThrows(Failure.Invalid.class, () -> VolumeMount.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"./x:/x", "../x:/x", "~/x:/x"})
    void aPathOfTheHostMustBeAbsolute(String text) {
        var refusal = assertThrows(Failure.Invalid.class, () -> VolumeMount.parse(text));
        assertTrue(refusal.detail().contains("path of the host"), refusal.detail());
    }

    @Test
    void aPathOfTheHostIsToldApartFromAVolume() {
        assertTrue(VolumeMount.parse("/srv/x:/x:ro").ofHost());
        assertFalse(VolumeMount.parse("srv:/x:ro").ofHost());
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/fuse, /dev/fuse:/dev/fuse:rwm",
        "/dev/sda:/dev/x, /dev/sda:/dev/x:rwm",
        "/dev/sda:/dev/x:r, /dev/sda:/dev/x:r",
        "/dev/sda:rw, /dev/sda:/dev/sda:rw"
    })
    void aDeviceHasAPathATargetAndRights(String text, String whole) {
        assertEquals(whole, Device.parse(text).toString());
        assertEquals(Device.parse(text), Device.parse(whole));
    }

    static Stream<Arguments> shares() {
        return Stream.of(
                Arguments.of("1", 10_000_000L),
                Arguments.of("50", 500_000_000L),
                Arguments.of("100", 1_000_000_000L),
                Arguments.of("200.5", 2_005_000_000L),
                Arguments.of("33.3333333", 333_333_333L),
                Arguments.of("1e2", 1_000_000_000L),
                Arguments.of("1000000", 10_000_000_000_000L));
    }

    @ParameterizedTest
    @MethodSource("shares")
    void aHundredPercentIsOneCpu(String percent, long nanos) {
        Cpus cpus = Cpus.ofPercent(new BigDecimal(percent));
        assertEquals(nanos, cpus.nanos());
        assertEquals(cpus, Cpus.ofPercent(BigDecimal.valueOf(cpus.percent())));
    }

    @Test
    void everyShareReadsBackWhatItShows() {
        var random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            var cpus = new Cpus(random.nextLong(10_000_000, 128_000_000_000L));
            assertEquals(cpus, Cpus.ofPercent(BigDecimal.valueOf(cpus.percent())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.999999", "-1", "1e-400", "1000001", "1e400"})
    void whatNoHostHasIsRefused(String percent) {
        assertThrows(Failure.Invalid.class, () -> Cpus.ofPercent(new BigDecimal(percent)));
    }

    @Test
    void wholeCpusAreCounted() {
        assertEquals(4_000_000_000L, Cpus.of(4).nanos());
        assertThrows(Failure.Invalid.class, () -> new Cpus(-1));
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void aStatusReadsBackItsWord(Status status) {
        assertEquals(status, Status.parse(status.word()));
    }

    @Test
    void aStatusIsInTheEnginesWords() {
        assertEquals(
                Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead"),
                Set.copyOf(Arrays.stream(Status.values()).map(Status::word).toList()));
        assertThrows(Failure.Invalid.class, () -> Status.parse("Running"));
        assertTrue(Status.PAUSED.alive() && Status.RUNNING.alive() && !Status.RESTARTING.alive());
    }

    @Test
    void idsHaveTheirShortFormsAndNoOthers() {
        assertEquals("0123456789", new ContainerId(HEX).shortId());
        assertEquals("sha256:0123456789", new ImageId("sha256:" + HEX).shortId());
        assertEquals(new ImageId("sha256:" + HEX), ImageId.parse(HEX));
        assertEquals(HEX, ImageId.parse(HEX).hex());
        for (String bad :
                new String[] {"", HEX + "0", HEX.substring(1), HEX.replace('a', 'A'), HEX.replace('a', 'g')}) {
            assertThrows(Failure.Invalid.class, () -> new ContainerId(bad));
            assertThrows(Failure.Invalid.class, () -> ImageId.parse(bad));
            assertFalse(ContainerId.isFull(bad));
        }
        assertThrows(Failure.Invalid.class, () -> new ImageId(HEX));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "sda", "dev/sda", ""})
    void aDeviceLiesBelowDev(String path) {
        assertThrows(Failure.Invalid.class, () -> new DeviceRate(path, 1));
        assertThrows(Failure.Invalid.class, () -> new DeviceRate("/dev/sda", 0));
    }

    @Test
    void randomIdsHaveNoCharacterThatIsMisread() {
        var ids = new HashSet<String>();
        var random = new Random(1);
        for (int i = 0; i < 1000; i++) ids.add(RandomId.next(random, 16));
        assertEquals(1000, ids.size());
        for (String id : ids) assertTrue(id.matches("[0-9a-hjkmnp-tv-z]{16}"), id);
        assertNotEquals(RandomId.next(random, 5), RandomId.next(random, 5));
    }

    @Test
    void aChangeToNothingIsNone() {
        assertThrows(
                Failure.Invalid.class,
                () -> new LimitsChange(
                        Optional.of(new MemorySize(0)), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThrows(
                Failure.Invalid.class,
                () -> new LimitsChange(Optional.empty(), Optional.of(new Cpus(0)), Optional.empty(), Optional.empty()));
        assertThrows(Failure.Invalid.class, () -> LimitsChange.Pids.of(0));
    }
}
